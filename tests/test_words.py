"""One name for each thing that people read of, and one way to write a percentage.

Read from the source: every text in it that is no documentation. What a screen shows is among them.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "pages").rglob("*.py"))
FILES += sorted((ROOT / "lm_core").rglob("*.py"))

# What each thing is called, and what it is not called beside it.
NAMES = {
    "step": r"\biterations?\b|\bgradient updates?\b",
    "evaluation": r"\bchecks\b|\bvalidation (run|check)s?\b|\bevals\b",
    "run": r"\bexperiments?\b|\btraining jobs?\b|\btraining runs?\b",
}
PERCENT = r"\d%|\bpercent\b|\bper cent\b|\bpct\b"  # it is 52 %
STYLE = re.compile(r"[\w-]+:\s*[^;]*\d%|<style|linear-gradient|rgba\(")  # CSS has no blank there


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of each string with a blank in it, of each format of a number as well."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec:
            for part in node.format_spec.values:
                if isinstance(part, ast.Constant) and part.value.endswith("%"):
                    yield node.lineno, "0%"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            told = " " in node.value or "%" in node.value
            if told and id(node) not in documentation:
                yield node.lineno, node.value


def test_one_name_for_each_thing_and_one_way_to_write_a_percentage() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {wrong}"
        for path in FILES
        for line, text in texts(path)
        for wrong in wrongs(text)
    ]
    assert not found, "\n".join(found)


def wrongs(text: str) -> Iterator[str]:
    """What is wrong with a text, in words."""
    for name, others in NAMES.items():
        if other := re.search(others, text, re.IGNORECASE):
            yield f"{other[0]!r} is called {name} elsewhere"
    if not STYLE.search(text) and (other := re.search(PERCENT, text)):
        yield f"{other[0]!r} of a percentage, written 52 % elsewhere"


def test_what_is_wrong_is_found() -> None:
    for text in ("10% of it", "ten percent", "after 3 iterations", "an experiment", "two checks"):
        assert list(wrongs(text)), text
    for text in ("10 % of it", "a run of 3 steps", "width: 100%", "one evaluation"):
        assert not list(wrongs(text)), text
