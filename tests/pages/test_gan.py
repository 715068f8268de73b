"""The screen GAN: a game step by step, its two losses, made digits, a game of one's own."""

import math
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.corpora import load_corpus
from lm_core.evaluation.game_course import read_courses
from lm_core.pictures.points import energy_distance
from lm_core.runs.spec import RunSpec
from pages._ui.gan import game, play
from tests.pages.screens import finished, said, sound, table
from tests.waiting import PATIENCE
from tools.games import GAMES, LOOKS, spec_of

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(part: str = "The game", **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["gan-part"] = part
    for name, value in address.items():
        app.query_params[f"gan-{name}"] = value
    app.switch_page("pages/gan.py").run()
    return sound(app)


def test_a_game_that_ships_is_shown_step_by_step() -> None:
    app = opened()
    assert "after step 2,000" in said(app)
    assert set(table(app, "which")["which"]) == {"real", "made"}
    sound(app.select_slider(key="gan-step-usual").set_value(10).run())
    assert "after step 10" in said(app)
    sound(app.button_group(key="gan-curves").set_value("sure").run())
    assert "D of real (share of 1)" in table(app, "step").columns
    sound(app.selectbox(key="gan-game").set_value("saturating").run())
    assert "below zero by its nature" in said(app)


def test_what_the_screen_says_of_the_games_is_so() -> None:
    courses = {course.name: course for course in read_courses(game.FILE)}
    assert list(courses) == list(GAMES) == list(game.NOTICES)
    for name, course in courses.items():
        assert [frame.step for frame in course.frames] == list(LOOKS)
        assert course.spec == spec_of(name, GAMES[name][1]).to_dict()
        assert RunSpec.from_dict(course.spec).task_name == game.TASK
    last = courses["usual"].figures[-1]
    assert last["judge's loss"] == pytest.approx(math.log(2), abs=0.04)
    assert last["D of real"] == pytest.approx(0.5, abs=0.05)
    for heap in range(8):  # all are found, by some frame after a few hundred steps
        at = (1.6 * math.cos(heap * math.pi / 4), 1.6 * math.sin(heap * math.pi / 4))
        near = [math.dist(at, one) < 0.5 for one in courses["usual"].frames[-1].made]
        assert any(near)
    assert all(row["maker's loss"] < 0 for row in courses["saturating"].figures)
    off = [row["energy distance"] for row in courses["momentum"].figures[-12:]]
    assert max(off) > 2 * min(off)  # up and down


def test_the_losses_cross_at_a_half() -> None:
    app = opened("Losses", d="0.5")
    assert "pulls with 0.50 and the other with 0.50, 1.0 times" in said(app)
    sound(app.slider(key="gan-d").set_value(0.01).run())
    assert "99.0 times as hard" in said(app)
    assert "ln 2 = 0.6931" in said(app)


def test_made_digits_are_nearer_to_real_ones_than_noise_is() -> None:
    app = opened("Digits")
    rows = table(app, "Fréchet distance").set_index("pictures")["Fréchet distance"]
    assert rows["other real ones"] < rows["made"] < 0.3 * rows["random grey"]
    assert "not the FID of papers" in said(app)
    before = [frame.value.to_string() for frame in app.dataframe]
    sound(app.number_input(key="gan-seed").set_value(5).run())
    assert [frame.value.to_string() for frame in app.dataframe] != before
    sound(app.slider(key="gan-t").set_value(1.0).run())
    assert "t = 1.00" in said(app)


def test_a_game_of_ones_own_has_the_rules_that_were_chosen() -> None:
    spec = play.spec_of("points-ring", "saturating", 5, "adam", 300)
    assert (spec.task.loss, spec.task.k, spec.train.optimizer) == ("saturating", 5, "adam")
    assert spec.budget.steps == 300
    assert play.spec_of("digits", "non-saturating", 1, "adam-half", 300).model_name == "dcgan"
    app = opened("Play", data="Two moons of points")
    assert app.selectbox(key="gan-data").value == "points-moons"
    assert "Your games will stand here" in said(app)


def test_a_game_of_ones_own_stands_beside_who_always_makes_the_mean() -> None:
    app = opened("Play")
    finished(app, play.spec_of("points-ring", "non-saturating", 1, "adam-half", 3))
    line = said(sound(app.run()))
    mean = float(re.search(r"who always makes the mean: ([\d.]+)\)", line).group(1))
    points = load_corpus("points-ring").splits["validation"].places[:1000]
    off = energy_distance(points, points.mean(0).expand_as(points))
    assert mean == pytest.approx(float(off), abs=6e-4)


def test_the_questions_of_the_course() -> None:
    """Q30 to Q32: graded as they are answered."""
    app = opened("Questions")
    for name, place in {"principle": 2, "loss": 1, "overfits": 1}.items():
        app.radio(key=f"gan-asked-{name}").set_value(place)
    sound(app.run())
    assert "**3 of 3** are right so far." in said(app)
    sound(app.radio(key="gan-asked-overfits").set_value(0).run())
    assert "**2 of 3**" in said(app)
    assert "no data" in app.warning[0].value
