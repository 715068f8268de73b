"""Which plot for which question, and what makes a plot a good one, switch by switch."""

import streamlit as st

from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch

KINDS = {"line": "Line", "scatter": "Scatter"}
PLOTS = ("Line plot", "Scatter plot", "Histogram")
# The course's questions -> the answer, and why.
QUESTIONS = {
    "Do the grades of an exam follow a distribution?": (
        "Histogram",
        "It counts how many grades lie in each stretch, which is what a distribution is.",
    ),
    "Do longer answers lead to higher grades?": (
        "Scatter plot",
        "Two numbers of each exam are one dot, and a slope of the cloud is the answer.",
    ),
    "How has the world's population grown since 1950?": (
        "Line plot",
        "Time has an order, and the line shows what happened between two points.",
    ),
}


def show() -> None:
    """The part of the screen."""
    from lm_core.charts import world_population

    st.write(
        "The same four numbers, drawn badly and well: the world's population in 1950, 1970, 1990 "
        "and 2010. Switch on one thing after another, and ask each time what a stranger would now "
        "know."
    )
    kind = switch("Kind of plot", KINDS, key="arrays-plot")
    with st.container(horizontal=True, gap="medium"):
        labels = st.toggle("Labels of axes", key="arrays-plot-labels", bind="query-params")
        titled = st.toggle("Title", key="arrays-plot-title", bind="query-params")
        zero = st.toggle("Ticks from 0 to 10", key="arrays-plot-ticks", bind="query-params")
        named = st.toggle("Ticks with a unit", key="arrays-plot-named", bind="query-params")
        log = st.toggle("Logarithmic", key="arrays-plot-log", bind="query-params")
    chart = world_population.world_population(
        kind=kind, labels=labels, titled=titled, from_zero=zero, ticks_named=named, log=log
    )
    show_chart(chart, key="arrays-population")
    lacking = [
        name
        for name, on in (
            ("what the axes count", labels),
            ("what it is about", titled),
            ("how large the numbers are beside nothing", zero or log),
            ("the unit at each tick", named),
        )
        if not on
    ]
    st.markdown(
        f"**What a stranger cannot know yet:** {', '.join(lacking)}."
        if lacking
        else "**What to notice.** Now it can stand alone. From 0 the curve is flatter: in 1950 "
        "there were two and a half thousand million people already, not none. On a logarithmic "
        "axis a straight line is growth by the same factor each year."
    )
    st.header("Which plot?")
    for i, (question, (answer, why)) in enumerate(QUESTIONS.items()):
        _question(i, question, answer, why)
    show_source(world_population, "The code: a plot and its switches")


def _question(i: int, question: str, answer: str, why: str) -> None:
    said = st.radio(question, PLOTS, index=None, key=f"arrays-which-{i}", horizontal=True)
    if said == answer:
        st.success(f"Right. {plain(why)}")
    elif said is not None:
        st.warning(f"Rather: {plain(answer)}. {plain(why)}")
