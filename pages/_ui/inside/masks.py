"""Who may look at whom at all: the mask, and what padding is to it."""

import streamlit as st

from pages._ui.inside import heads
from pages._ui.inside.look import Look
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source

PADDING, LONGEST = "attention-padding", 40


def room(look: Look) -> None:
    """The mask of what is shown, then the same text with padding behind it."""
    from lm_core.charts.words import percent

    side, dark = look.side, st.context.theme.type == "dark"
    seen = side.view.seen
    left, right = st.columns(2, gap="medium")
    with left:
        chart = heads.large(
            seen.float().numpy(),
            side.view.rows,
            (0, 0),
            columns=side.view.columns if side.across else None,
            causal=False,
            title="The mask: 1 may be looked at",
            dark=dark,
        )
        show_chart(chart, key="attention-mask")
        st.caption(
            f"{percent(float(seen.float().mean()))} of the {seen.numel():,} pairs are open. Where "
            "it is closed the score is taken as minus infinity before the softmax, so that its "
            "weight is exactly 0 and the rest of the row still sums to 1."
        )
    with right:
        _padded(look, dark)


def _padded(look: Look, dark: bool) -> None:
    """The text read once more, with nothing behind it."""
    from lm_core.errors import LabError
    from lm_core.inspection import padding
    from lm_core.inspection.views import OTHER, OWN

    sides = look.reading.sides
    name = OTHER if look.choice.of_pairs else OWN
    if name not in sides:
        st.info("Padding is drawn of a text that looks at itself, which this model has none of.")
        return
    side = sides[name]
    extra = st.slider("Tokens of padding behind it", 1, 8, 2, key=PADDING, bind="query-params")
    ids = side.view.ids[:LONGEST]
    room_for = look.checkpoint.model.context_size
    ids = ids if room_for is None else ids[: max(1, room_for - extra)]
    try:
        found = padding.padded(look.checkpoint.model, ids, extra, source=look.choice.of_pairs)
    except LabError as error:
        st.info(plain(error))
        return
    names = [*side.view.rows[: len(ids)], *(f"(padding {i + 1})" for i in range(extra))]
    chart = heads.large(
        found.weights.masked_fill(~found.seen, float("nan")).numpy(),
        names,
        (0, 0),
        causal=False,
        title="With padding: mean weight of all heads",
        dark=dark,
    )
    show_chart(chart, key="attention-padded")
    told = (
        "The model is told where the padding is, and nobody looks there: its columns are closed "
        "for all rows."
        if found.told
        else "The model is not told of it, and need not be: padding stands at the end, and nobody "
        "looks ahead. Its own rows mean nothing and are not scored."
    )
    st.caption(
        f"{told} Measured: no weight of the {len(ids)} tokens changes by more than "
        f"{max(found.noticed, 1e-7):.7f}."
    )
    show_source(padding, "The code: a text read with padding")
