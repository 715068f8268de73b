"""Why this token: the counts that made a probability of an n-gram, and where they come from."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import visible
from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.sources import sources
from pages._ui.shared.tables import show_table
from pages._ui.write import picked, places, writing

if TYPE_CHECKING:
    from lm_core.charts.evidence import Source
    from lm_core.models.ngram import Part

PICKED, AT = "generate_text-why", "generate_text-why-at"
TOKENS = 8  # to choose from

# What the counts are, and what is done with them, by the smoothing of the model.
COUNTS = "**Counted**: how often this token came after the context, of all that came after it."
SAYS = {
    "kneser-ney": f"{COUNTS} With a shorter context it counts not how often, but after how many "
    "different tokens. Each count gives up its discount, which is handed on to the next shorter "
    "context.",
    "witten-bell": f"{COUNTS} The more different tokens followed a context, the more it hands on.",
    "backoff": f"{COUNTS} The longest context that knows the token decides; each step back costs "
    "a fixed share.",
    "add-k": f"{COUNTS} Some is added to every count, and the longest context that came decides.",
    "ml": f"{COUNTS} The longest context that came decides alone.",
}


def panel(choice: models.Choice, draft: writing.Draft, at: int | None) -> None:
    """While nothing is being written: of the written token number `at` why it was likely or not,
    of whatever family the model is; with None, of one that counts, why a next token would be."""
    model, writer = draft.checkpoint.model, draft.writer
    counts = hasattr(model, "explain")
    if draft.left or not (counts or at is not None):
        return
    with st.container(border=True):
        if at is None:
            st.markdown("**Why this token?** It counted. Choose one of those that could come next.")
            id = _pick(draft)
        else:
            picked.why(choice, draft, at)
            id = writer.written[at]
        if not counts:
            return
        parts = model.explain(writer.prompt + writer.written[:at], id)
        _made_of(draft, parts, id)
        left, right = st.columns([3, 2], gap="medium")
        with left:
            _counts(draft, parts)
            st.caption(f"{SAYS.get(model.settings.smoothing, COUNTS)}")
        with right:
            _where(choice, draft, parts, id)


def _pick(draft: writing.Draft) -> int:
    """One of the likeliest next tokens; the likeliest again after each step."""
    from lm_core.charts.words import unique_labels
    from lm_core.generation import SamplerSettings

    ids = [candidate.id for candidate in draft.expected(SamplerSettings(), TOKENS)]
    token_text = draft.checkpoint.tokenizer.token_text
    labels = dict(zip(ids, unique_labels([token_text(id) for id in ids]), strict=True))
    now = (draft.begun, len(draft.writer.written))
    if st.session_state.get(AT) != now or st.session_state.get(PICKED) not in ids:
        st.session_state[AT], st.session_state[PICKED] = now, ids[0]
    return st.pills(
        "Next token",
        ids,
        format_func=lambda id: plain(labels.get(id, "")),
        required=True,
        key=PICKED,
        label_visibility="collapsed",
        wrap=True,
    )


def _made_of(draft: writing.Draft, parts: "list[Part]", id: int) -> None:
    from lm_core.charts.evidence import evidence_bar

    dark = st.context.theme.type == "dark"
    token = draft.checkpoint.tokenizer.token_text(id)
    chart = evidence_bar(sources(parts, draft.checkpoint.tokenizer.decode), token, dark=dark)
    show_chart(chart, key="generate_text-evidence", table=False)


def _counts(draft: writing.Draft, parts: "list[Part]") -> None:
    import pandas as pd

    from lm_core.charts.evidence import evidence_table, named
    from lm_core.charts.words import percent

    told, none = sources(parts, draft.checkpoint.tokenizer.decode), "–"
    rows = [
        (
            named(source).removeprefix("after "),
            _counted(source),
            f"{source.discount:.2f}" if source.count else none,
            percent(source.handed_on) if source.length >= 0 else none,
            percent(source.share),
        )
        for source in reversed(told)
    ]
    table = pd.DataFrame(rows, columns=["context", "counted", "discount", "handed on", "adds"])
    if draft.checkpoint.model.settings.smoothing != "kneser-ney":
        table = table.drop(columns="discount")
    widths = {"context": 140, "counted": 110, "discount": 65, "handed on": 75, "adds": 75}
    show_table(table, key="generate_text-counts", whole=evidence_table(told), widths=widths)


def _counted(source: "Source") -> str:
    """How often the token, of how often anything; the end of the chain counts nothing."""
    if source.length < 0:
        return "–"
    return f"{source.count:,} of {source.seen:,}" if source.seen else "never met"


def _where(choice: models.Choice, draft: writing.Draft, parts: "list[Part]", id: int) -> None:
    """The longest run that was counted, in the text it was counted in."""
    from lm_core.charts.words import count

    counted = [part for part in parts if part.count]
    if not counted:
        st.markdown("It never counted this token, so there is no place to show.")
        return
    run = (*counted[-1].context, id)
    decode = draft.checkpoint.tokenizer.decode
    settings = draft.checkpoint.model.settings
    # Of shorter runs Kneser-Ney keeps no occurrences.
    sure = len(run) == settings.order or settings.smoothing != "kneser-ney"
    often = f" came {count(counted[-1].count, 'time')}" if sure else ","
    st.markdown(f"The longest run it knows{often} in the text it learned from:")
    found = places.places(choice, run)
    if found is None:
        st.caption("That text is not on this machine any more, so its places cannot be shown.")
    elif not found:
        letters = plain(visible(decode(run)))
        st.caption(f"No place shows “{letters}” as whole letters within one text.")
    else:
        st.html("".join(map(places.line, found)))
