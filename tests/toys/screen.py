"""A toy screen: words, a control whose value is in the address, a chart with its table."""

import pandas as pd
import streamlit as st

from pages._ui.shared import front_door
from pages._ui.shared.show import show_chart

front_door.enter()
st.title("Toy screen")
times = st.slider("Times", 1, 9, 2, key="toy_screen-times", bind="query-params")


def _chart() -> object:
    from lm_core.charts.bars import horizontal_bars
    from lm_core.charts.chart import Chart

    names, values = ["once", "more"], [1.0, float(times)]
    figure = horizontal_bars(names, values, ["1", f"{times}"], title="Toys", x="toys", y="what")
    return Chart("Toys", figure, f"Toys: {times}.", pd.DataFrame({"what": names, "toys": values}))


show_chart(_chart(), key="toy_screen-chart")
