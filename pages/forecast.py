"""Forecast: how a series goes on, by looking back, by a straight line, by a memory that learned."""

import streamlit as st

from pages._ui.series.compare import errors, forecast_picture, residuals
from pages._ui.series.giving import giving
from pages._ui.series.known import forecast_of, known, learned
from pages._ui.series.look import look
from pages._ui.series.training import training
from pages._ui.shared import front_door, session
from pages._ui.shared.corpus_choice import pick_corpus
from pages._ui.shared.show import show_source
from pages._ui.shared.switch import switch

VIEWS = {"forecast": "Forecast", "series": "The series and its windows"}

front_door.enter()
st.title("Forecast")
st.write(
    "A forecaster sees a window of a series and says the values that follow. The same recurrent "
    "networks that read letters read measurements here; before any of them is believed it has to "
    "be better than saying what was a day ago."
)
st.latex(r"x_{t-95},\ \dots,\ x_t \;\longrightarrow\; \hat x_{t+1},\ \dots,\ \hat x_{t+24}")


def shown() -> None:
    from lm_core.corpora import is_ready

    usual = "temperatures" if is_ready("temperatures") else "waves"
    choice = pick_corpus(
        key="forecast-series-of", label="Series", default=usual, kinds=("series",), giving=giving
    )
    view = switch("What to see", VIEWS, key="forecast-view")
    if not choice.ready:
        return
    about = known(choice)
    if view == "series":
        look(about)
        return
    said = dict(about.said)
    for one in learned(choice)[::-1]:
        if (made := forecast_of(one, about)) is not None:
            said[one.label] = made
    forecast_picture(about, said)
    st.header("Train a forecaster")
    st.write(
        "It learns from the training part and is judged by the validation part. It begins with "
        "what was a season ago and learns what is to be added."
    )
    training(choice)
    st.header("How far off")
    errors(about, said)
    residuals(about, said)


def code() -> None:
    from lm_core.models.series import forecasters
    from lm_core.series import baselines

    show_source(forecasters, "The code: RNN, GRU and LSTM as forecasters")
    show_source(baselines, "The code: forecasts by direct formulas")


with session.mending():
    shown()
code()
