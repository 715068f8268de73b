"""A home that cannot be written, or a damaged model: one sentence, on every screen."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.shared import models, session
from tests.marks import most_slow
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
SCREENS = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
WITH_RUNS = ("home", "train", "doctor", "compare", "generate_text", "attention", "translate")


def opened(screen: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    if screen != "home":
        app.switch_page(f"pages/{screen}.py").run()
    return app


@pytest.fixture
def no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home that even root cannot make: its parent is a file."""
    (tmp_path / "file").write_text("not a folder")
    home = tmp_path / "file" / "home"
    monkeypatch.setenv("LM_LAB_HOME", str(home))
    session._manager.clear()
    yield home
    session._manager.clear()


@pytest.mark.parametrize("screen", most_slow(SCREENS, quick=WITH_RUNS))
@pytest.mark.parametrize("named", most_slow([None, "~nobodyhere/lab"], quick=[None]))
def test_a_home_that_cannot_be_written_or_found_breaks_no_screen(
    screen: str, named: str | None, no_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if named:
        monkeypatch.setenv("LM_LAB_HOME", named)
    app = opened(screen)
    assert not app.exception
    assert all("LM_LAB_HOME" in error.value for error in app.error)


def test_train_says_what_to_do_about_the_home_and_keeps_the_choices(no_home: Path) -> None:
    app = opened("train")
    assert len(app.error) == 1
    assert str(no_home) in app.error[0].value
    assert "free some space, or start the lab with LM_LAB_HOME set" in app.error[0].value
    app.selectbox(key="train-model").select("lstm").run()
    app.button(key="train-start").click().run()
    assert not app.exception
    assert app.selectbox(key="train-model").value == "lstm"


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Shipped models whose weights break off in the middle."""
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))
    copy = tmp_path / "checkpoints"
    shutil.copytree(models.SHIPPED, copy)
    for weights in copy.glob("*/model.safetensors"):
        weights.write_bytes(weights.read_bytes()[:1000])
    monkeypatch.setattr(models, "SHIPPED", copy)
    models.shipped.clear()
    yield
    models.shipped.clear()


@pytest.mark.parametrize(
    "screen", ["home", "attention", "memory", "generate_text", "generate_names"]
)
def test_a_damaged_model_gets_a_sentence(screen: str, damaged: None) -> None:
    app = opened(screen)
    assert not app.exception
    assert app.error
    assert all(re.search("is damaged .*: copy or train it again", e.value) for e in app.error)
