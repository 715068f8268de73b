"""Activations and optimizers: the course's numbers are read off the screen, and each widget
moves."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.foundations import racing
from tests.pages.screens import sound, table
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(part: str = "Optimizers", **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["activations-part"] = part
    for name, value in address.items():
        app.query_params[name.replace("_", "-")] = value
    app.switch_page("pages/activations_and_optimizers.py").run()
    return sound(app)


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.code, app.success, app.warning, app.info)
    return "\n".join(element.value for kind in kinds for element in kind)


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


# Optimizers ---------------------------------------------------------------------------------------


def test_every_step_of_the_race_is_that_of_torch() -> None:
    app = opened()
    race = table(app, "furthest from torch.optim")
    assert len(race) == 5
    assert (race["furthest from torch.optim"].astype(float) < 1e-12).all()
    sound(app.slider(key="activations-decay").set_value(0.2).run())
    race = table(app, "furthest from torch.optim")
    assert (race["furthest from torch.optim"].astype(float) < 1e-12).all()


def test_a_grid_and_random_points_search_on_the_same_map() -> None:
    """W3-28: their coverage on a map of two settings."""
    app = opened("Grid and random search")
    assert "heatmap" in app.get("plotly_chart")[0].proto.spec
    rows = table(app, "different rates").set_index("way to search")
    assert rows["number of trials"].tolist() == [9, 9]
    assert rows["different rates"].tolist() == rows["different momenta"].tolist() == [3, 9]
    assert rows.loc["a grid of both", "longest gap of rates (%)"] == pytest.approx(100 / 3)
    sound(app.slider(key="activations-side").set_value(2).run())
    assert "the grid has tried 2 rates, random points 4" in said(app)
    sound(app.number_input(key="activations-draw").set_value(1).run())
    again = table(app, "different rates").set_index("way to search")["lowest loss"]
    assert again["random points"] != rows.loc["random points", "lowest loss"]


@pytest.mark.parametrize("place", ["A bent valley", "A saddle"])
def test_every_surface_is_drawn(place: str) -> None:
    app = opened(activations_surface=place)
    assert "contour" in app.get("plotly_chart")[0].proto.spec
    for name in ("SGD", "RMSProp", "Adam", "AdamW"):
        sound(app.selectbox(key="activations-by-hand").set_value(name).run())
        (after,) = re.findall(r"= (-?[\d.]+)$", app.code[0].value)
        assert float(after)


def test_a_ball_rolls_into_the_deeper_hollow_with_momentum() -> None:
    """20 steps from 2 on the course's curve: plain SGD stays near 1.25, momentum passes it."""
    app = opened(activations_surface="One weight, two hollows")
    app.select_slider(key="activations-lr").set_value(0.01)
    sound(app.select_slider(key="activations-momentum").set_value(0.92).run())
    where = table(app, "where it is").set_index("optimizer")["where it is"].astype(float)
    assert where["SGD"] == pytest.approx(1.26, abs=0.01)
    assert where["momentum"] < -1.5


def test_a_race_is_run_and_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(racing, "SECONDS", 1e9)
    app = opened()
    sound(app.button(key="activations-go").click().run())
    race = app.session_state["activations-racing"]
    assert race.at == 1
    assert race.going
    sound(app.button(key="activations-stop").click().run())
    assert not app.session_state["activations-racing"].going
    sound(app.button(key="activations-go").click().run())
    app.session_state["activations-racing"].begun = -1e12  # long ago
    sound(app.run())
    assert app.button(key="activations-go").label == "Race"


def test_with_no_runner_there_is_only_the_surface() -> None:
    app = opened()
    app.session_state["activations-runners-valley"] = []
    sound(app.run())
    assert "contour" in app.get("plotly_chart")[0].proto.spec


def test_a_rate_too_large_is_lost_and_said() -> None:
    app = opened(activations_surface="A bent valley", activations_lr="0.5")
    assert app.select_slider(key="activations-lr").value == 0.5
    assert "Lost, with steps that were too large: " in said(app)


# Activations --------------------------------------------------------------------------------------


def test_the_sigmoid_of_six_and_its_vanishing_gradient() -> None:
    app = opened("Activations")
    assert figures(app)["f(x)"] == "0.9975"
    products = table(app, "of all layers").iloc[0]
    assert products["of one layer"] == "0.25"
    assert products["of all layers"] == "9.537e-07"


@pytest.mark.parametrize("name", ["Tanh", "ReLU", "LeakyReLU", "GELU", "SiLU"])
def test_every_activation_is_drawn(name: str) -> None:
    app = opened("Activations", activations_which=name)
    sound(app.slider(key="activations-x").set_value(-1.0).run())
    assert name in app.get("plotly_chart")[0].proto.spec
    if name == "LeakyReLU":
        assert figures(app)["f(x)"] == "-0.0100"
    if name == "ReLU":
        assert figures(app)["f(x)"] == "0.0000"


def test_a_neuron_dies_by_its_bias() -> None:
    app = opened("Activations")
    assert figures(app)["Mean slope, ReLU"] != "0.0000"
    sound(app.slider(key="activations-bias").set_value(-6.0).run())
    assert figures(app)["Mean slope, ReLU"] == "0.0000"
    assert figures(app)["Mean slope, LeakyReLU"] == "0.0100"
    assert "It is dead" in app.warning[0].value


# Softmax and loss ---------------------------------------------------------------------------------


def test_softmax_and_one_hot_of_the_course() -> None:
    app = opened("Softmax and loss")
    assert "softmax = **[0.1392, 0.8420, 0.0188]**" in said(app)
    assert "one-hot = **[1, 0, 0]**" in said(app)
    assert "ln 3 = 1.0986" in said(app)
    assert "they add up to 0.7666" in app.warning[0].value


def test_cross_entropy_of_the_course() -> None:
    app = opened("Softmax and loss", activations_logits="-0.1211, 0.1059")
    assert "**0.8131** nats; `nn.CrossEntropyLoss` says 0.8131" in said(app)
    assert "give the same: **0.8131** nats" in said(app)
    app = opened("Softmax and loss", activations_logits="0.1, 6.0, -2.0, 3.2")
    sound(app.selectbox(key="activations-target").set_value(2).run())
    assert "**8.0619** nats" in said(app)
    sound(app.slider(key="activations-temperature").set_value(0.0).run())
    bad = app.text_input(key="activations-logits").set_value("1").run()
    assert "at least two" in bad.error[0].value


# First weights ------------------------------------------------------------------------------------


def test_bounds_and_first_loss() -> None:
    app = opened("First weights")
    bounds = table(app, "reach from minus this to this").set_index("weights").iloc[:, 0]
    assert bounds["nn.Linear's own"] == pytest.approx(0.125)
    assert bounds["Kaiming, uniform"] == pytest.approx(0.3062, abs=5e-5)
    assert "ln 10 = **2.3026** nats" in said(app)
    sound(app.slider(key="activations-classes").set_value(27).run())
    assert "ln 27 = **3.2958** nats" in said(app)


def test_signals_by_depth_with_and_without_normalisation() -> None:
    app = opened("First weights")
    spread = table(app, "spread after the last layer").set_index("weights")
    before = spread["spread after the last layer"].astype(float)
    assert before["Kaiming (for ReLU)"] == pytest.approx(0.7, abs=0.3)
    assert before["nn.Linear's own"] < 1e-3
    assert before["normal, spread 1"] > 1e6
    sound(app.toggle(key="activations-start-bn").set_value(True).run())
    after = table(app, "spread after the last layer")["spread after the last layer"].astype(float)
    assert after.between(0.4, 0.8).all()


# Batch normalisation, dropout, decay --------------------------------------------------------------


def test_batch_normalisation_gives_mean_0_and_spread_1() -> None:
    app = opened("Batch normalisation")
    rows = table(app, "std standardised")
    assert rows["mean standardised"].abs().max() < 1e-9
    assert rows["std standardised"].tolist() == pytest.approx([1] * 4, abs=1e-3)
    sound(app.slider(key="activations-bn-shift").set_value(2.0).run())
    assert table(app, "mean after")["mean after"].tolist() == pytest.approx([2] * 4)


def test_dropout_drops_about_a_fifth_and_nothing_in_use() -> None:
    app = opened("Dropout and decay")
    assert 12 < float(figures(app)["Zeros"].split()[0]) < 28  # 0.2 of 320, three spreads of 0.022
    sound(app.toggle(key="activations-training").set_value(False).run())
    assert figures(app)["Zeros"] == "0 %"


def test_weight_decay_of_one_weight_and_of_many() -> None:
    app = opened("Dropout and decay")
    assert "w = 2 − 0.1 × (3 + 0.5 × 2) = **1.6**" in said(app)
    rows = table(app, "mean size of a weight")
    assert rows["mean size of a weight"].is_monotonic_decreasing
    assert rows["error on its examples"].is_monotonic_increasing
    assert rows["error on new ones"].idxmin() not in (0, len(rows) - 1)


# Questions ----------------------------------------------------------------------------------------


def test_questions_are_graded() -> None:
    app = opened("Questions")
    assert "**0 of 9**" in said(app)
    app.radio(key="activations-asked-import").set_value(3)
    app.radio(key="activations-asked-relu").set_value(0)
    app.session_state["activations-asked-networks"] = [0, 2, 3]
    sound(app.run())
    assert "**2 of 9**" in said(app)
    assert "The answer is 2." in app.warning[0].value
    for pressed in ([3], [2, 3], [1, 2, 3], [0, 1, 2, 3], [0, 1, 2, 3, 4]):
        app.session_state["activations-asked-tuning"] = pressed
        sound(app.run())
    assert "**3 of 9**" in said(app)
