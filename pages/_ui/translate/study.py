"""What width, layers, heads, dropout and positions do to a translator: a study that is shipped."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.figures import perplexity
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart

if TYPE_CHECKING:
    from lm_core.evaluation.study import Configuration

STUDY = Path(__file__).resolve().parents[3] / "docs" / "sweeps" / "translation.csv"
PERPLEXITY, OF = "perplexity", "validation_nats"  # a figure that is no column, and what it is of
# By column: what it is called on its button and its axis.
FIGURES = {
    "exact_match": ("Exact match", "share right to the letter"),
    "validation_nats": ("Loss", "nats per token"),
    PERPLEXITY: ("Perplexity", "perplexity per token"),
    "chrf": ("ChrF", "chrF (0 to 100)"),
}


def panel() -> None:
    """The study as a chart: the base, and each change beside it."""
    from lm_core.charts import words
    from lm_core.charts.spreads import Spread, read_spreads, seed_spreads

    if not STUDY.is_file():
        return  # the lab was brought here without its documents
    base, *changed = configurations()
    st.header("Which parts matter?")
    st.write(
        "One Transformer was trained again and again on the same pairs, dates in words, each time "
        "with one setting changed, and with three seeds. A seed alone moves the figure too: better "
        "or worse is called only what lies apart from the base with every seed, which by chance "
        "alone happens once in ten times."
    )
    figure = st.pills(
        "Figure",
        list(FIGURES),
        default="exact_match",
        required=True,
        format_func=lambda figure: FIGURES[figure][0],
        key="translate-study",
        bind="query-params",
    )
    called, unit = FIGURES[figure]
    share, middle = figure == "exact_match", Spread(base.label, of(base, figure))
    judged = OF if figure == PERPLEXITY else figure  # which grows with it
    rows = [Spread(one.label, of(one, figure), one.told_apart(base, judged)) for one in changed]
    title = f"{called} after one change"
    chart = seed_spreads(middle, rows, title=title, unit=unit, share=share)
    show_chart(chart, key="translate-study-chart")
    noticed = read_spreads(middle, rows, words.percent if share else words.human)
    st.markdown(f"**What to notice:** {plain(noticed)}")
    (first, *_) = base.runs
    settings = ", ".join(f"{name} {value}" for name, value in base_values(changed).items())
    st.caption(
        f"The grey band is the base: {plain(settings.lower())}. Scored by the whole validation "
        f"split after {int(first['steps']):,} steps of one thread, so few that much is still to be "
        "learned: what is ahead here need not stay ahead. Every run and its command: "
        "docs/sweeps/translation.csv; made again by "
        "`python -m tools.study`."
    )


def of(one: "Configuration", figure: str) -> tuple[float, ...]:
    """One of FIGURES, a value for each seed."""
    if figure == PERPLEXITY:
        return tuple(map(perplexity, one.of(OF)))
    return tuple(one.of(figure))


@st.cache_data(max_entries=1, show_spinner=False)
def configurations() -> "list[Configuration]":
    """The base, then each change."""
    from lm_core.evaluation import study

    return study.configurations(study.read(STUDY))


def base_values(changed: "list[Configuration]") -> dict[str, str]:
    """What the base has, of all settings that are changed, by title."""
    return {one.called: one.base for one in changed}
