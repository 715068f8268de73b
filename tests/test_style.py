"""What the code promises whoever reads it: documentation that says the thing itself, arguments that
have names, the words of the field."""

import ast
import inspect
import re
from functools import cache
from pathlib import Path

from lm_core.models.encoder_decoder import DecoderBlock

ROOT = Path(__file__).parents[1]
OURS = [
    ROOT / "app.py",
    *sorted(p for d in ("lm_core", "pages", "tools") for p in (ROOT / d).rglob("*.py")),
]
BEGUN = re.compile(r"(The same|The inverse)\b")
PASSES = ("forward", "hidden", "nats", "step")
NAMED = ("id", "attr", "arg", "name")  # where a node has a name
# What is called activation, hidden state, requested state, broadcast, mlp in the field.
ONCE = {"bend", "bent", "carried", "wish", "wished", "wishes", "obey", "think"}
BESIDE = {  # elsewhere they mean another thing
    "lm_core/runs/tables.py": "the column of an earlier version, which is renamed",
    "lm_core/charts/graph.py": "a place that a node would have",
    "pages/_ui/foundations/layers.py": "lines that are bent",
}


@cache
def nodes() -> tuple[tuple[str, ast.AST], ...]:
    """Every node of our code, with its file."""
    trees = [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in OURS]
    return tuple((path, node) for path, text in trees for node in ast.walk(ast.parse(text, path)))


def test_documentation_says_the_thing_itself() -> None:
    """And not that it is the same as, or the inverse of, what stands above it today."""
    told = (ast.Module, ast.ClassDef, ast.FunctionDef)
    found = [
        f"{path}:{getattr(node, 'lineno', 1)}"
        for path, node in nodes()
        if isinstance(node, told) and BEGUN.match(ast.get_docstring(node) or "")
    ]
    assert found == []


def test_every_picture_of_a_screen_is_told_to_who_cannot_see_it() -> None:
    drawn = [
        (path, {one.arg for one in node.keywords})
        for path, node in nodes()
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "st.image"
    ]
    assert drawn
    assert [path for path, given in drawn if "alt" not in given] == []


def test_what_a_model_reads_has_a_name() -> None:
    """No pass of a model hides its arguments behind `**`; a wrapper of one shows those of what it
    wraps."""
    hidden = [
        f"{path}: {node.name}.{part.name}"
        for path, node in nodes()
        if path.startswith("lm_core/models/") and isinstance(node, ast.ClassDef)
        for part in node.body
        if isinstance(part, ast.FunctionDef) and part.name in PASSES and part.args.kwarg
    ]
    assert hidden == []
    named = inspect.signature(DecoderBlock.forward).parameters
    assert list(named)[:5] == ["self", "x", "memory", "memory_mask", "memory_past"]


def test_things_have_the_names_of_the_field() -> None:
    found = [
        f"{path}:{node.lineno}: {said}"
        for path, node in nodes()
        if path not in BESIDE
        and (said := next((x for k in NAMED if isinstance(x := getattr(node, k, 0), str)), ""))
        in ONCE
    ]
    assert found == []
