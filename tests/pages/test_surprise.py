"""Nats stand nowhere large without their perplexity, nor a finished model's validation without its
test score, where that was read."""

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.charts.words import nats
from lm_core.figures import perplexity
from pages._ui.shared import models
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
APP = ROOT / "app.py"
SCREENS = sorted((ROOT / "pages").rglob("*.py"))
# Large nats that are no mean surprise.
NO_MEAN = {
    ("counted_panels.py", "pairs"): "the sum over a name",
    ("dice.py", "_shape"): "an entropy, which stands beside its perplexity",
    ("outcome.py", "measured"): "a difference; the perplexities are said below",
}


def large_nats() -> list[tuple[str, str, str]]:
    """File, function and source of all that draw a large figure in nats."""
    found = []
    for path in SCREENS:
        source = path.read_text(encoding="utf-8")
        for function in ast.walk(ast.parse(source)):
            if not isinstance(function, ast.FunctionDef):
                continue
            calls = (c for c in ast.walk(function) if isinstance(c, ast.Call))
            large = [c for c in calls if getattr(c.func, "attr", "") == "metric"]
            said = (ast.get_source_segment(source, c) or "" for c in large)
            if any('nats"' in one or "nats'" in one or "nats" in _words(one) for one in said):
                whole = ast.get_source_segment(source, function) or ""
                found.append((path.name, function.name, whole))
    return found


def _words(call: str) -> str:
    """What is said in quotes."""
    parts = [n.value for n in ast.walk(ast.parse(call)) if isinstance(n, ast.Constant)]
    return " ".join(str(part) for part in parts).lower()


def test_no_screen_draws_nats_large_without_a_perplexity() -> None:
    found = large_nats()
    assert {name for name, _, _ in found} >= {"tested.py", "surprise.py", "step.py"}
    alone = {(name, at) for name, at, whole in found if "perplexity" not in whole.lower()}
    assert alone <= set(NO_MEAN)


def told(choice: models.Choice) -> str:
    """Both scores of a model as they are to be said."""
    a, b = (choice.scored(split) for split in ("validation", "test"))
    line = f"{nats(a)} nats per token (perplexity {nats(perplexity(a))}) on validation"
    return line if b is None else f"{line}, {nats(b)} ({nats(perplexity(b))}) on test"


@pytest.mark.parametrize("page", ["home", "generate_names", "generate_text", "fine_tune"])
def test_a_model_is_said_with_both_splits_and_both_measures(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    at = AppTest.from_file(APP, default_timeout=PATIENCE)
    if page != "home":
        at.switch_page(f"pages/{page}.py")
    at.run()
    assert not at.exception
    text = "\n".join(element.value for element in [*at.markdown, *at.caption])
    said = [told(choice).partition(" (")[2] for choice in models.shipped() if choice.of_tokens]
    assert any(one in text for one in said)
    assert text.count(" nats per ") == text.count("(perplexity ")


def test_the_card_of_every_model_of_text_says_its_test_score() -> None:
    """But of a text that has no test split."""
    texts = [choice for choice in models.shipped() if choice.of_tokens]
    assert texts
    for choice in texts:
        assert told(choice).partition(" (")[2] in models.describe(choice)
        assert (choice.scored("test") is None) == (choice.corpus == "tiny-shakespeare")
