"""Numbers that JSON does not know go into a file that every reader takes, and come back."""

import ast
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadCheckpoint
from lm_core.json_files import dumps, numbers, read_json, strict

NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | st.integers() | st.booleans() | st.none()
TREES = st.recursive(
    NUMBERS,
    lambda part: (
        st.lists(part, max_size=4) | st.dictionaries(st.text(max_size=4), part, max_size=4)
    ),
    max_leaves=12,
)


def refused(word: str) -> None:
    raise AssertionError(f"{word} is not JSON")


def same(one: object, other: object) -> bool:
    """Equal, where not-a-number equals itself."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and math.isnan(one):
        return isinstance(other, float) and math.isnan(other)
    return type(one) is type(other) and one == other


@given(TREES)
def test_every_number_survives_strict_json(tree: object) -> None:
    text = dumps(tree)
    assert same(numbers(json.loads(text, parse_constant=refused)), tree)


def test_words_are_those_of_protocol_buffers() -> None:
    assert strict((math.nan, math.inf, -math.inf, 1.5)) == ["NaN", "Infinity", "-Infinity", 1.5]


def test_other_texts_stay_texts() -> None:
    assert numbers({"a": ["Infinity ", "nan", 3]}) == {"a": ["Infinity ", "nan", 3]}


def test_what_is_nested_without_end_is_refused() -> None:
    tree: object = 0
    for _ in range(100_000):
        tree = [tree]
    with pytest.raises(BadCheckpoint, match="nested"):
        numbers(tree)


def test_a_file_too_large_or_broken_is_named(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    path.write_text('{"a": 1}')
    assert read_json(path, 8) == {"a": 1}
    with pytest.raises(BadCheckpoint, match=r"card\.json .* over 7 bytes"):
        read_json(path, 7)
    path.write_text("{")
    with pytest.raises(BadCheckpoint, match="not JSON"):
        read_json(path, 8)


ROOT = Path(__file__).parents[1]
PARTS = ("lm_core", "pages", "tools", "checkpoints")
WRITERS = sorted(path for part in PARTS for path in (ROOT / part).rglob("*.py"))
ALONE = ROOT / "lm_core" / "export" / "plain"  # programs that stand alone: headers of whole numbers


def test_whoever_writes_json_writes_strict_json() -> None:
    """By `json_files.dumps`, or by `json` with its own refusal of numbers that JSON lacks."""
    for path in WRITERS:
        text = path.read_text(encoding="utf-8")
        if "json" not in text or ALONE in path.parents:
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            called, where = ast.unparse(node.func), f"{path.relative_to(ROOT)}:{node.lineno}"
            if called in ("json.dump", "json.dumps"):
                assert "allow_nan=False" in map(ast.unparse, node.keywords), where
            assert not called.startswith("json.JSONEncoder"), where


def test_json_is_ascii_unless_asked_otherwise() -> None:
    assert dumps({"text": "\u23ce \u2026 \U0001f642"}).isascii()
