"""What models of different sizes pay for the same bits: the lab's own, measured now."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.quantize import texts
from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.steps import stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lm_core.charts.quantized import Sized

TOKENS = 2_500
SCHEMES = ("int4", "nf4")


def sizes() -> None:
    """A button and a point for each model and scheme."""
    st.write(
        "A large model has weights to spare, and small errors of many cancel out. Is it so here? "
        "Each model that ships is quantized to four bits, and scored before and after on text that "
        "it never learned."
    )
    ladder = [one for one in texts.networks() if one.folder.parent == models.SHIPPED]
    ladder = [one for one in ladder if texts.is_here(one)]
    stage(
        "quantize-sizes",
        of=tuple((str(one.folder), models.stamp(one)) for one in ladder),
        label=f"Measure {len(ladder)} models",
        begin=lambda: (_measure(ladder), len(ladder) * len(SCHEMES)),
        show=_show,
    )


def _measure(ladder: list[models.Choice]) -> "Iterator[Sized]":
    from lm_core.charts.quantized import Sized
    from lm_core.quantize.measuring import measured
    from lm_core.quantize.schemes import SCHEMES as KNOWN

    for choice in sorted(ladder, key=lambda one: one.card.get("parameters", 0)):
        model, encoded = models.load(choice).model, texts.kept_from(choice, TOKENS)
        base, *rows = measured(model, encoded, list(SCHEMES), speed=False)
        for row in rows:
            title = KNOWN[row.name].title
            text = str(choice.card.get("corpus", {}).get("title", "one text"))
            yield Sized(choice.label, text, model.n_parameters, title, row.nats - base.nats)


def _show(rows: "list[Sized]", whole: bool) -> None:
    from lm_core.charts.quantized import nats_by_size, read_sizes

    show_chart(nats_by_size(rows), key="quantize-sizes-chart")
    if whole:
        st.markdown(
            f"**What to notice.** {plain(read_sizes(rows))} These models differ in family, text "
            "and tokens as well as in size, so their order is a hint and no law."
        )
