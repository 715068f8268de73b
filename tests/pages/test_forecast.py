"""The Forecast screen: what it shows before anything is trained, each widget, a series of one's
own, and a model that really learned beside the others."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lm_core.corpora.own_series import series_of
from lm_core.corpora.packages import PackageFile
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.runs.worker import execute
from lm_core.training import Budget
from pages._ui.series.compare import notice
from pages._ui.shared import session
from tests.pages.screens import said, sound, table
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, value in {"text": "waves", **address}.items():
        app.query_params[name.replace("_", "-")] = value
    app.switch_page("pages/forecast.py").run()
    return sound(app)


def test_it_opens_with_forecasts_by_formulas_and_their_errors() -> None:
    app = opened()
    errors = table(app, "squared error, in variances")
    assert list(errors["forecast"]) == ["Least squares", "Same time before", "Last value"]
    assert errors.iloc[0, 1] < 0.05 < errors.iloc[1, 1]
    assert "smallest error has Least squares" in said(app)
    before = said(app)
    sound(app.slider(key="forecast-window").set_value(3).run())
    assert said(app) != before
    sound(app.selectbox(key="forecast-residuals").select("Last value").run())


def test_the_series_its_parts_and_a_window() -> None:
    app = opened(forecast_view="The series and its windows")
    assert "24 · 4 = 96" in said(app)
    assert "96 values, which at 60 minutes each are 96 hours" in said(app)


def test_without_the_extra_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    found = PackageFile.find
    monkeypatch.setattr(
        PackageFile, "find", lambda file: None if file.package == "vega_datasets" else found(file)
    )
    app = opened(text="temperatures")
    assert any("requirements-beyond.txt" in info.value for info in app.info)


def test_a_series_of_ones_own_is_mended_kept_and_shown() -> None:
    app = opened(text="own")
    rows = [f"2011-01-{1 + k // 24:02} {k % 24:02}:00,{20 + k % 24 + k % 5}" for k in range(600)]
    del rows[100]
    sound(
        app.text_area(key="forecast-series-of-own-text").input("\n".join(["time,kW", *rows])).run()
    )
    assert "1 missing value filled along a straight line" in said(app)
    app.text_input(key="forecast-series-of-unit").input("kW").run()
    sound(app.button(key="forecast-series-of-own-use").click().run())
    assert "".join(app.query_params["text"]).startswith("own-")
    assert "mean error, kW" in table(app, "forecast").columns


def hours(*numbers: int) -> str:
    """A series measured in these hours of a month."""
    times = [datetime(2011, 1, 1) + timedelta(hours=k) for k in numbers]
    return "\n".join(["time,kW", *(f"{time:%Y-%m-%d %H:%M},{time.hour}" for time in times)])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("time,kW\n2011-01-01 00:00,much\n2011-01-01 01:00,2", "Row 2 has “much”"),
        ("a,b\n1,2\n3,4", "No column of this CSV holds times"),
        ("x", "a single character"),
        (hours(*range(70), *range(600, 640)), "nothing was measured"),  # three weeks between
    ],
)
def test_what_is_no_series_gets_a_sentence_and_stays(text: str, sentence: str) -> None:
    app = opened(text="own")
    app.text_area(key="forecast-series-of-own-text").input(text).run()
    assert not app.exception
    assert app.text_area(key="forecast-series-of-own-text").value == text
    assert sentence in app.error[0].value


def test_a_forecaster_that_learned_stands_beside_the_others() -> None:
    app = opened()
    spec = default_spec(CorpusSpec(name="waves"), "gru-forecaster", budget=Budget(steps=30))
    spec = replace(spec, train=replace(spec.train, eval_every=30))
    runs, owner = session._manager(), app.session_state["visitor"]
    run = runs.store.create(owner, "Mine", spec.to_dict(), server=runs._presence.id)
    runs._turns.begin(run, owner, 1, 0).state = "busy"  # as if a worker had it
    assert execute(str(runs.store.folder), run, runs.store.hand_over(run)) == "finished"
    runs._turns.end(run)
    app.session_state["forecast-run"] = run
    sound(app.run())
    errors = table(app, "squared error, in variances").set_index("forecast")
    mine = errors.loc["Yours: Mine"].iloc[0]
    assert mine < errors.loc["Same time before"].iloc[0]
    assert "Trained. Step 30" in said(app)
    train = AppTest.from_file(APP, default_timeout=PATIENCE)  # the same run on Train
    train.session_state["visitor"] = owner
    train.query_params["run"] = run
    train.query_params["text"] = "waves"
    train.switch_page("pages/train.py").run()
    sound(train)
    assert [chart for chart in train.get("plotly_chart") if "A forecast" in chart.proto.spec]
    assert {m.label for m in train.metric} >= {"Validation, squared error", "Mean error"}


def test_start_starts_a_run_that_the_manager_knows() -> None:
    app = opened()
    app.segmented_control(key="forecast-budget").set_value("10 s") if hasattr(
        app, "segmented_control"
    ) else None
    sound(app.button(key="forecast-start").click().run())
    run = session.manager().store.get(app.session_state["forecast-run"])
    assert run.spec["model"]["name"] == "lstm-forecaster"
    assert run.spec["task"]["name"] == "forecast"
    session.manager().stop(run.id, run.owner)


def test_who_is_ahead_is_said_with_a_factor() -> None:
    told = notice({"Last value": 2.0, "Same time before": 1.0, "Least squares": 0.25})
    assert "smallest error has Least squares" in told
    assert "Least squares 0.25; below 1" in told
    assert notice({"Last value": 2.0}).endswith("Last value.")


def test_an_address_that_does_not_read_is_dropped() -> None:
    app = opened(forecast_window="a", forecast_view="nothing")
    assert app.slider(key="forecast-window").value > 1


@pytest.fixture(autouse=True, scope="module")
def forgotten():
    yield
    st.cache_data.clear()


def test_a_stored_series_is_read_by_a_run() -> None:
    text = "time,kW\n" + "\n".join(
        f"2011-01-{1 + k // 24:02} {k % 24:02}:00,{k % 24}" for k in range(400)
    )
    app = opened()
    sha = session.manager().give_text(
        series_of(text, title="Mine"), app.session_state["visitor"], ""
    )
    data = CorpusSpec(name="own", text=sha, kind="series")
    from lm_core.runs.prepare import prepare

    made = prepare(default_spec(data, "lstm-forecaster"))
    assert made.data["train"].counts()["values"] == 280
    train = AppTest.from_file(APP, default_timeout=PATIENCE)
    train.session_state["visitor"] = app.session_state["visitor"]
    train.query_params["text"] = f"own-{sha}"
    train.switch_page("pages/train.py").run()
    sound(train)
    assert train.selectbox(key="train-model").value == "lstm-forecaster"
