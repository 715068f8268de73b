"""The Slopes screen: the course's lines, limits, chains, and what squashes."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.foundations.slopes import CURVES
from pages._ui.foundations.lines import OFFERED
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(part: str, **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["slopes-part"] = part
    for name, value in address.items():
        app.query_params[f"slopes-{name}"] = value
    return sound(app.switch_page("pages/slopes.py").run())


def sound(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error
    assert all(chart.proto.alt for chart in app.get("plotly_chart"))
    return app


def said(app: AppTest) -> str:
    return "\n".join(one.value for one in [*app.markdown, *app.latex, *app.caption])


@pytest.mark.parametrize(
    ("name", "slope", "words"),
    [
        ("Half up", r"\frac{6}{12} = 0.5", "goes up from left to right"),
        ("Steep, down", r"\frac{6}{-1} = -6", "goes down from left to right"),
        ("45° up", r"\frac{10}{10} = 1", "no steeper than a line of 45°"),
        ("45° down", r"\frac{-10}{10} = -1", "no steeper than a line of 45°"),
        ("Level", r"\frac{0}{10} = 0", "its slope is 0"),
        ("Vertical", r"\frac{10}{0} = \text{none}", "it has no slope, or an infinite one"),
    ],
)
def test_the_lines_of_the_course(name: str, slope: str, words: str) -> None:
    assert name in OFFERED
    app = opened("Line").button(key=f"slopes-offer-{name}").click().run()
    assert slope in said(sound(app))
    assert words in said(app)


def test_one_point_is_one_sentence() -> None:
    app = opened("Line").number_input(key="slopes-qx").set_value(1.0).run()
    app.number_input(key="slopes-qy").set_value(2.0).run()
    assert not app.exception
    assert ["one point" in error.value for error in app.error] == [True]


def test_the_limit_of_a_square() -> None:
    app = opened("Curve", x="3", eps="0")
    assert "2x + eps = 7, and its limit 2x = 6" in said(app)
    sound(app.slider(key="slopes-eps").set_value(3).run())
    assert "2x + eps = 6.001" in said(app)
    assert "f'(3) &= 6" in said(app)


@pytest.mark.parametrize("name", CURVES)
def test_each_curve_is_drawn_with_its_slope(name: str) -> None:
    app = opened("Curve", curve=name, x="-3", eps="15")
    assert CURVES[name].rule in said(app)


def test_the_chain_of_a_sine() -> None:
    app = opened("Chain")
    assert r"\sin 6x = 6 \cos 6x" in said(app)
    assert "The chain says -5.9400" in said(app)
    for name in ("x²", "eˣ", "sigmoid", "tanh"):
        app.selectbox(key="slopes-outer").set_value(name)
        sound(app.slider(key="slopes-at").set_value(2.0).run())


def test_tanh_beside_sigmoid() -> None:
    app = opened("Squashing")
    assert "σ = **0.5000**, σ (1 − σ) = **0.2500**; tanh = **0.0000**" in said(app)
    assert "1 − tanh² = **1.0000**" in said(app)
    assert r"9.54 \cdot 10^{-7}" in said(app)
    assert "at most 9.5e-07" in said(app)
    sound(app.slider(key="slopes-squash").set_value(-10.0).run())
    sound(app.slider(key="slopes-layers").set_value(20).run())
    sound(app.slider(key="slopes-squash").set_value(10.0).run())
