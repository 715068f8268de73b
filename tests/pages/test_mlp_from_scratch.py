"""An MLP from scratch: three ways learn live, the way back equals torch's, bad data is refused in a
sentence."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.screens import sound, table
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, value in address.items():
        app.query_params[name.replace("_", "-")] = value
    app.switch_page("pages/mlp_from_scratch.py").run()
    return sound(app)


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.warning, app.info)
    return "\n".join(element.value for kind in kinds for element in kind)


def test_three_ways_begin_alike_and_part() -> None:
    app = opened()
    assert table(app, "training loss")["training loss"].nunique() == 1
    assert "Guess first." in said(app)
    for _ in range(3):
        sound(app.button(key="mlp-once").click().run())
    ways = table(app, "training loss").set_index("way to learn")
    assert ways["steps"].tolist() == [3, 48, 756]
    assert ways.loc["single example", "training loss"] < ways.loc["full batch", "training loss"]
    assert len(app.get("plotly_chart")) == 4  # the curves, and the regions of each
    sound(app.button(key="mlp-anew").click().run())
    assert table(app, "training loss")["steps"].tolist() == [0, 0, 0]


def test_batches_are_shown_shuffled_or_as_the_rows_stand() -> None:
    """W3-12: a data set in batches of four; without shuffling each holds one class alone."""
    app = opened(mlp_part="Batches", mlp_data="Wine, all 13 measurements")
    assert "178 rows come in 45 batches; the last one has 2." in said(app)
    first = table(app, "number of the row")["number of the row"].tolist()
    assert len(first) == 4
    assert "shuffle=True" in app.code[0].value
    sound(app.number_input(key="mlp-epoch").set_value(2).run())
    assert table(app, "number of the row")["number of the row"].tolist() != first
    sound(app.toggle(key="mlp-shuffle").set_value(False).run())
    rows = table(app, "number of the row")
    assert rows["number of the row"].tolist() == [0, 1, 2, 3]
    assert set(rows["target class"]) == {"cultivar 1"}
    assert "In 43 of them all rows are of one class." in said(app)
    sound(app.toggle(key="mlp-drop").set_value(True).run())
    assert "44 batches; the last one has 4." in said(app)


def test_it_learns_live_and_stops() -> None:
    app = opened()
    sound(app.button(key="mlp-go").click().run())
    sound(app.run())
    sound(app.button(key="mlp-stop").click().run())
    assert table(app, "training loss")["steps"].iloc[0] >= 1


@pytest.mark.parametrize("data", ["Wine, all 13 measurements", "Digits, 8 x 8 pixels"])
def test_data_of_more_features_has_no_regions(data: str) -> None:
    app = opened(mlp_data=data, mlp_layers="1", mlp_activation="relu")
    sound(app.button(key="mlp-once").click().run())
    assert len(app.get("plotly_chart")) == 1


def test_wine_as_it_is_cannot_be_learned_and_scaled_it_can() -> None:
    for scaling, low, high in (("As it is", 0.0, 0.75), ("Standardise", 0.9, 1.0)):
        app = opened(mlp_data="Wine, all 13 measurements", mlp_layers="0", mlp_scaling=scaling)
        for _ in range(5):
            sound(app.button(key="mlp-once").click().run())
        assert low <= table(app, "right (test)")["right (test)"].iloc[1] <= high, scaling


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_the_way_back_is_that_of_torch(activation: str) -> None:
    app = opened(mlp_part="The way back", mlp_activation=activation)
    layers = table(app, "furthest from torch's gradient")
    assert len(layers) == 3
    for column in ("furthest from torch's gradient", "furthest from torch's step"):
        assert (layers[column].astype(float) < 1e-12).all()
    sound(app.slider(key="mlp-count").set_value(8).run())
    sound(app.selectbox(key="mlp-layer").set_value(0).run())
    assert " + …" in said(app)


def test_the_data_before_and_after() -> None:
    app = opened(mlp_part="The data", mlp_data="Wine, two measurements")
    rows = table(app, "mean after")
    assert rows["std after"].tolist() == pytest.approx([1, 1])
    sound(app.selectbox(key="mlp-scaling").set_value("normalise").run())
    sound(app.slider(key="mlp-missing").set_value(30).run())
    assert "cells were missing" in said(app)
    assert table(app, "mean after")["missing cells"].sum() > 0
    sound(app.selectbox(key="mlp-filling").set_value("leave the row out").run())
    assert "rows were left out" in said(app)


def test_nothing_left_to_learn_from_is_said() -> None:
    app = opened(mlp_data="Wine, all 13 measurements", mlp_missing="90")
    app.selectbox(key="mlp-filling").set_value("leave the row out").run()
    assert not app.exception
    assert "fill them" in app.error[0].value
