"""The screen Digits: what the course's figures are, what is drawn and counted, what is started."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lm_core.corpora import load_corpus
from lm_core.runs.manager import RunManager
from pages._ui.digits import drawing, halves, runs
from pages._ui.shared import painting
from tests.pages.screens import finished, sound
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    return tmp_path


def opened(part: str = "Draw", **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["digits-part"] = part
    for name, value in address.items():
        app.query_params[f"digits-{name}"] = value
    app.switch_page("pages/digits.py").run()
    return sound(app)


def said(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.info])


def table(app: AppTest, column: str) -> pd.DataFrame:
    found = [frame.value for frame in app.dataframe if column in frame.value]
    return found[0]


def test_a_first_visitor_sees_a_digit_and_what_it_is_taken_for() -> None:
    app = opened()
    assert "It takes this for **3**" in said(app)
    assert len(table(app, "probability (share of 1)")) == 10
    assert table(app, "probability (share of 1)").iloc[:, 1].sum() == pytest.approx(1)
    sound(app.button(key="digits-clear").click().run())
    assert "An empty picture has a class too" in said(app)
    sound(app.button(key="digits-example").click().run())
    assert "It takes this for **4**" in said(app)
    sound(app.button_group(key="digits-way").set_value("shifted").run())
    assert "Before it was moved it was taken for **4**" in said(app)


def test_a_drawing_in_the_address_is_shown_and_what_is_none_is_not() -> None:
    pixels = load_corpus("digits").splits["test"].pixels[0]
    app = opened(drawn=drawing.letters(pixels))
    assert app.session_state[drawing.DRAWN] == drawing.letters(pixels)
    app = opened(drawn="zz")
    assert "It takes this for **3**" in said(app)


@given(st.one_of(st.text(max_size=70), st.text(drawing.GREYS, min_size=64, max_size=64)))
def test_what_a_browser_sends_is_a_picture_or_nothing(given: str) -> None:
    cells = painting.read(given, 64, "greys")
    assert (cells is None) == (len(given) != 64 or bool(set(given) - set(drawing.GREYS)))
    if cells is not None:
        pixels = drawing.tensor(cells, 8)
        assert drawing.letters(pixels) == cells
    assert painting.read(None, 64, "greys") is None
    assert painting.read([1] * 64, 64, "greys") is None


def test_the_figures_of_the_course_are_read_off_it() -> None:
    """F33: 65,536 inputs and over 65 million weights; F34: 37 + 19 = 56."""
    app = opened("Inside")
    assert "**65,536** numbers" in said(app)
    assert "**65,536,000** weights" in said(app)
    assert "37 + 19 = **56**" in said(app)


def test_a_place_by_hand_is_that_of_the_network() -> None:
    app = opened("Inside", of="3", layer="layer 2")
    line = next(one for one in said(app).splitlines() if "network's own map" in one)
    by_hand = float(line.split("that is **")[1].split("**")[0])
    own = float(line.split("map has ")[1].split(" ")[0])
    assert max(0.0, by_hand) == pytest.approx(own, abs=0.0015)
    assert table(app, "product")["product"].sum() == pytest.approx(
        float(line.split("products come to ")[1].split(",")[0]), abs=0.0015
    )
    sound(app.number_input(key="digits-side").set_value(28).run())
    assert "**784** numbers" in said(app)


def test_mending_gives_back_what_noise_has_taken() -> None:
    app = opened("Noise", noise="0.5")
    curve = table(app, "noise s")
    as_they_are, mended = (
        curve[f"{name} (share of 1)"] for name in ("as they are", "mended first")
    )
    assert as_they_are[0] >= 0.97
    assert as_they_are.iloc[-1] < 0.4
    assert (mended - as_they_are)[5] > 0.2  # at 0.5
    assert "Mending helps here" in said(app)
    assert "Mending: Autoencoder" in said(app)
    sound(app.slider(key="digits-noise").set_value(0.0).run())
    assert "Mending does not help here" in said(app)


def test_mirrored_copies_are_flagged_and_shifted_ones_are_not() -> None:
    app = opened("Changed copies", copies="0")
    assert not app.warning
    sound(app.button_group(key="digits-kind").set_value("flip").run())
    assert "its class is gone" in app.warning[0].value


def test_classes_are_counted_made_rare_and_judged_one_by_one() -> None:
    app = opened("The pictures")
    told = table(app, "precision")
    assert list(told["class"]) == [*"0123456789", "mean (macro)", "weighted"]
    assert told["recall"][:10].min() > 0.9
    sound(app.select_slider(key="digits-imbalance").set_value(50).run())
    left = table(app, "pictures left")
    assert left["pictures left"].iloc[-1] == round(left["pictures"].iloc[-1] / 50)
    assert left["pictures left"].iloc[0] == left["pictures"].iloc[0]


def test_every_question_is_a_run_that_the_form_can_show() -> None:
    from lm_core.runs.spec import RunSpec

    for question in runs.QUESTIONS.values():
        spec = question.spec()
        assert RunSpec.from_address(spec.to_address()).to_dict() == spec.to_dict()


def test_a_question_starts_a_run_of_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(RunManager, "start", lambda self, spec, *a, **more: asked.append(spec))
    app = opened("Train")
    sound(app.selectbox(key="digits-question").set_value("noise").run())
    sound(app.button(key="digits-start").click().run())
    (spec,) = asked
    assert (spec.task.noise, spec.budget.steps) == (0.4, 600)
    assert "Your runs of these questions will stand here" in said(app)


def test_what_is_drawn_in_grey_is_what_the_network_is_given() -> None:
    pixels = torch.rand(1, 8, 8, generator=torch.Generator().manual_seed(0))
    again = drawing.tensor(drawing.letters(pixels), 8)
    assert (again - pixels).abs().max() <= 1 / 30 + 1e-6
    assert torch.equal(drawing.changed(again, "shifted")[..., 1:], again[..., :-1])
    assert torch.equal(drawing.changed(again, "turned"), again.rot90(1, (1, 2)))


def test_two_inputs_are_counted_trained_and_muted() -> None:
    app = opened("Two inputs")
    counted = table(app, "the course").set_index("part")["the course"]
    assert dict(counted) == {
        "first input": 2762,
        "second input": 2113,
        "kinds": 0,
        "classes": 504,
        "all": 5379,
    }
    assert "5,379 parameters" in said(app)
    assert "Train one" in said(app)
    finished(app, halves.spec_of(0.9, "both"))
    sound(app.run())
    nothing, row = table(app, "w").to_dict("records")
    assert nothing["network"] == "always the commonest"
    assert nothing["digit"] < 0.15 < 0.3 < nothing["kind"] < 0.6
    assert row["w"] == 0.9
    assert row["digit"] > 0.85
    assert row["digit, upper half black"] < row["digit"]
    assert "says the digit best" in said(app)


def test_networks_of_clean_noisy_and_mended_pictures_stand_side_by_side() -> None:
    app = opened("Noise")
    rows = table(app, "learned from")
    assert list(rows["learned from"]) == ["clean pictures"]
    assert rows["clean"][0] >= 0.97
    assert "start “Noisy pictures” and “Mended pictures”" in said(app)
    for name in ("noise", "again"):
        spec = runs.QUESTIONS[name].spec()
        finished(app, replace(spec, budget=replace(spec.budget, steps=20)))
    sound(app.run())
    rows = table(app, "learned from")
    assert set(rows["learned from"]) == {
        "clean pictures",
        "noisy pictures, noise 0.4",
        "mended pictures, noise 0.4",
    }
    assert "start “Noisy pictures”" not in said(app)
