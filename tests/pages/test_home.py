"""Home: a shipped model completes a sentence, with nothing touched and with every button."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.shared import models
from tests.pages.html import html
from tests.pages.screens import sound
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
PROMPT = "My fellow Americans, the state of the"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


@pytest.fixture
def app() -> AppTest:
    return sound(AppTest.from_file(APP, default_timeout=PATIENCE).run())


@pytest.fixture
def no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing ships."""
    monkeypatch.setattr(models, "SHIPPED", tmp_path)
    models.shipped.clear()
    yield
    models.shipped.clear()


def written(app: AppTest) -> int:
    """Tokens the model has written."""
    return len(app.session_state["home-draft"].pieces)


def sentence(app: AppTest) -> str:
    return html(app)[-1]


def chart(app: AppTest):
    return app.get("vega_lite_chart")[0].proto


def quiet(app: AppTest) -> AppTest:
    """The opening is over: nothing writes by itself any more."""
    app.button(key="home-stop").click()
    return sound(app.run())


def test_it_opens_writing_beside_the_bars(app: AppTest) -> None:
    assert app.title[0].value == "Language Model Lab"
    assert PROMPT in sentence(app)
    assert written(app) == 1
    assert app.session_state["home-draft"].left == 11
    assert chart(app).data.data
    captions = " ".join(caption.value for caption in app.caption)
    assert "State of the Union" in captions
    assert "Training here runs on CPU" in captions


def test_it_writes_twelve_tokens_by_itself_and_then_rests(app: AppTest) -> None:
    for _ in range(15):  # the clock of the fragment does not tick here: each run is a tick
        sound(app.run())
    assert written(app) == 12
    assert {b.key for b in app.button} >= {"home-next", "home-again", "home-more"}
    assert app.session_state["home-draft"].text.startswith(PROMPT)


def test_stop_next_more_and_start_over(app: AppTest) -> None:
    before = written(quiet(app))
    sound(app.button(key="home-next").click().run())
    assert written(app) == before + 1
    sound(app.button(key="home-more").click().run())
    assert written(app) >= before + 4
    assert app.session_state["home-draft"].left > 0
    quiet(app)
    first = app.session_state["home-draft"].text
    sound(app.button(key="home-again").click().run())
    assert written(app) == 0
    sound(app.button(key="home-next").click().run())
    assert app.session_state["home-draft"].text != first


def test_the_temperature_redraws_the_bars_and_writes_nothing(app: AppTest) -> None:
    before = written(quiet(app)), chart(app).data.data
    sound(app.slider(key="home-temperature").set_value(0.2).run())
    assert written(app) == before[0]
    assert chart(app).data.data != before[1]
    sound(app.slider(key="home-temperature").set_value(0.0).run())


def test_a_new_beginning_is_shown_and_kept_from_being_markup(app: AppTest) -> None:
    quiet(app)
    sound(app.text_input(key="home-text").set_value("<b>The</b> war").run())
    assert "&lt;b&gt;The&lt;/b&gt; war" in sentence(app)
    assert written(app) == 0
    sound(app.text_input(key="home-text").set_value("").run())
    sound(app.button(key="home-next").click().run())
    assert written(app) == 1


@pytest.mark.parametrize("screen", ["pages/train.py", "pages/attention.py", "pages/compare.py"])
def test_each_card_leads_to_its_screen(app: AppTest, screen: str) -> None:
    quiet(app)
    app.button(key=f"home-to-{screen}").click().run(timeout=PATIENCE)
    assert not app.exception
    assert app.title[0].value != "Language Model Lab"


def test_a_lab_without_models_says_what_to_do(no_models: None) -> None:
    app = sound(AppTest.from_file(APP, default_timeout=PATIENCE).run())
    assert "train one" in app.info[0].value
    assert app.text_input(key="home-text").value == "ma"
