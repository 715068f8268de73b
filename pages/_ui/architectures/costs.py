"""What a model costs: formulas, what PyTorch counts, and what grows with which size."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.architectures import families
from pages._ui.shared import session
from pages._ui.shared.show import show_chart
from pages._ui.shared.switch import switch
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.charts.chart import Chart
    from lm_core.models.costs import Costs
    from lm_core.registry import Entry
    from lm_core.settings import Settings

WHAT = {
    "parameters": "Parameters",
    "operations": "Operations a token",
    "kept": "Kept while it learns",
    "state": "Kept while it writes",
}
UNITS = {
    "parameters": "parameters",
    "operations": "operations a token",
    "kept": "numbers a token",
    "state": "numbers",
}
MEANS = {
    "parameters": "Numbers that training adjusts.",
    "operations": "Of a forward pass: a product with a matrix takes a multiplication and an "
    "addition for each weight. Learning takes twice as many more, to trace the error back.",
    "kept": "Numbers in memory for each token of a batch until the error has been traced back, 4 "
    "bytes each; the weights and what the optimizer keeps come on top.",
    "state": "Numbers that go on to the next token after a full context: a hidden state, a cache "
    "of keys and values, or the last tokens.",
}
SIZES = {"n": "context", "T": "context", "C": "width", "L": "depth", "V": "vocabulary"}


def costs(entry: "Entry", settings: "Settings", vocab_size: int, told: "Costs | None") -> None:
    """The section; nothing where only the text decides."""
    if told is None or entry.build.learns_by == "counting":
        return
    st.header("What it costs")
    what = switch("What is counted", WHAT, key="architectures-cost")
    st.caption(MEANS[what])
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _formula(told, what)
        _table(told, what)
        _counted(entry, settings, vocab_size, told, what)
    with right:
        _growth(entry, settings, vocab_size, told, what)


def _formula(told: "Costs", what: str) -> None:
    from lm_core.charts.words import human

    formula = told.formula(what)
    if not formula:
        st.markdown("Nothing: each guess begins anew.")
        return
    total = told.total(what)
    st.code(formula, language=None, wrap_lines=True)
    st.markdown(f"= **{total:,}** ({human(total)})")
    named = {**told.meaning, "T": "context or row of tokens", "V": "vocabulary"}
    used = [letter for letter in told.letters if letter in formula.replace("max", "")]
    st.caption(" · ".join(f"{x} {named.get(x, '')} = {told.letters[x]:,}" for x in used))


def _table(told: "Costs", what: str) -> None:
    import pandas as pd

    from lm_core.charts.words import percent

    parts, total = told.parts(what), told.total(what)
    if parts:
        rows = [(part, formula, number, percent(number / total)) for part, formula, number in parts]
        columns = ["part", "formula", UNITS[what], "share"]
        table = pd.DataFrame(rows, columns=columns)
        show_table(table, key=f"architectures-cost-{what}", height="content")


def _counted(
    entry: "Entry", settings: "Settings", vocab_size: int, told: "Costs", what: str
) -> None:
    """What PyTorch says of the same model, once it is asked: it has to run for that."""
    from lm_core.inspection.shapes import RUNNABLE

    if told.total("parameters") > RUNNABLE:
        st.caption(f"Above {RUNNABLE / 1e6:.0f} million parameters nothing is run here to count.")
        return
    if not st.button(
        "Have PyTorch count",
        key="architectures-count",
        help="Builds the model, runs it once, and asks PyTorch's own counters.",
    ):
        return
    with session.mending(), st.spinner("Running it once …"):
        found = families.counted(entry.name, settings.to_dict(), vocab_size, what)
        if found is None:
            st.caption("It carries nothing on, so there is nothing to count.")
            return
        total = told.total(what)
        apart = abs(total - found) / found if found else 0.0
        st.success(
            f"PyTorch counts **{found:,.0f}**, the formula says **{total:,}**: "
            + ("the same." if round(found) == total else f"{100 * apart:.1f} % apart.")
        )


def _growth(
    entry: "Entry", settings: "Settings", vocab_size: int, told: "Costs", what: str
) -> None:
    if not told.formula(what):
        return
    light = st.context.theme.type == "light"
    grown, chart = _grown(entry.name, settings.to_dict(), vocab_size, what, light, told)
    show_chart(chart, key=f"architectures-growth-{what}")
    ratio = {size: costs[1] / costs[0] for size, costs in grown.items() if costs[0]}
    most = max(ratio.values())
    fastest = " or ".join(size for size, times in ratio.items() if times == most)
    still = [size for size, times in ratio.items() if times == 1]
    st.markdown(
        f"**What to notice:** twice the {fastest} makes {most:.3g} times as much, more than twice "
        "any other size does" + (f"; no part in it: {', '.join(still)}." if still else ".")
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def _grown(
    name: str, settings: dict, vocab_size: int, what: str, light: bool, _told: "Costs"
) -> "tuple[dict[str, list[int]], Chart]":
    """What the cost is with each size grown, and the picture of it: one for light pages and one for
    others, since a picture takes on the ink of its page when it is shown."""
    from lm_core.charts.growth import FACTORS, growth_curves

    letters = _told.letters
    grown = {
        f"{said} {letter}": [
            _told.total(what, **{letter: letters[letter] * factor}) for factor in FACTORS
        ]
        for letter, said in SIZES.items()
        if letter in letters and not (letter == "T" and "n" in letters)
    }
    chart = growth_curves(grown, title=f"{WHAT[what]}, with one size grown", unit=UNITS[what])
    return grown, chart
