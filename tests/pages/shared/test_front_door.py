"""A screen opened by its own address, before any other, comes through app.py all the same."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.runs.owners import is_owner
from tests.marks import most_slow
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]


SCREENS = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize(
    "screen",
    most_slow(
        [screen for screen in SCREENS if screen != "home"],
        quick=["train", "doctor", "generate_text", "translate", "reading"],
    ),
)
def test_the_first_screen_opened_has_its_visitor(
    screen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.switch_page(f"pages/{screen}.py").run()
    assert not app.exception
    assert is_owner(app.session_state["visitor"])
    assert app.session_state["visitor"] not in str(app.query_params)
    title = app.title[0].value.lower().replace(" ", "_")
    other = {"reading": "read_with_the_model's_eyes", "mlp_from_scratch": "an_mlp_from_scratch"}
    assert title == other.get(screen, screen)
