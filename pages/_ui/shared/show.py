"""Putting a Chart on a page: the picture, its text alternative, its data as a table and CSV."""

import streamlit as st

from lm_core.charts.chart import Chart
from lm_core.charts.stack import Part
from pages._ui.shared.everywhere import large
from pages._ui.shared.plain import plain
from pages._ui.shared.tables import csv_button, readable_words

AT_ONCE = 5_000  # rows of a table


def show_chart(
    chart: Chart, *, key: str, table: bool = True, alt: str | None = None, **options: object
) -> object:
    """Draw `chart` over the full width. Returns what the chart reports (its selection).

    Args:
        key: names the chart on its page; a live chart keeps its key and is updated in place.
        table: offer the data under the picture.
        alt: a fixed text alternative while a chart is live (a changing one would mount it anew);
            the sentence that changes then stands beside it.
        options: passed on to Streamlit's chart (a selection, say).
    """
    from lm_core.charts.large import larger, larger_figure
    from lm_core.charts.theme import configured, ink_figure, inked

    light = st.context.theme.type == "light"
    if hasattr(chart.figure, "specification"):  # one that is changed in place
        specification = chart.figure.specification()
        specification = inked(specification) if light else specification
        answer = st.vega_lite_chart(
            chart.figure.data,
            larger(specification) if large() else specification,
            width="stretch",
            key=key,
            alt=alt or chart.alt,
            **options,
        )
    elif type(chart.figure).__module__.startswith("altair"):
        figure = configured(chart.figure, inked) if light else chart.figure
        figure = configured(figure, larger) if large() else figure
        answer = st.altair_chart(figure, width="stretch", key=key, alt=alt or chart.alt, **options)
    else:
        figure = ink_figure(chart.figure) if light else chart.figure
        config = {"displaylogo": False, "toImageButtonOptions": {"format": "svg"}}
        answer = st.plotly_chart(
            larger_figure(figure) if large() else figure,
            width="stretch",
            key=key,
            config=config,
            alt=alt or chart.alt,
            **options,
        )
    if table:
        data_of(chart, key=key)
    return answer


def data_of(chart: "Chart | Part", *, key: str) -> None:
    """The chart in words and numbers, folded away; a large table is made and sent once it is asked
    for."""
    later = isinstance(chart, Part) and chart.cells > AT_ONCE
    asked = {"key": f"{key}-data", "on_change": "rerun"} if later else {}
    with st.popover("In words and numbers", type="tertiary", **asked) as popover:
        if later and not popover.open:
            return
        st.markdown(plain(chart.alt))
        st.dataframe(readable_words(chart.table), hide_index=True, height=240, key=f"{key}-table")
        csv_button(chart.table, key=key)


def show_source(thing: object, label: str = "The code", *, key: str = "") -> None:
    """The real source of a class or function, sent to the browser once it is asked for: colouring
    a few hundred lines would hold up every screen."""
    import inspect

    key = key or f"source-{getattr(thing, '__name__', label)}"
    with st.expander(label, key=key, on_change="rerun") as expander:
        if expander.open:
            st.code(inspect.getsource(thing), language="python")
