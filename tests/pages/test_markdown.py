"""What Streamlit reads as Markdown holds no words of others but through `plain`.

Read from the source, for the places where such words are known to come from. (That nothing else
slips through is seen by test_foreign.py, with words made to be misread.)
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "pages").rglob("*.py"))

# Functions of Streamlit whose first argument is read as Markdown; any widget's arguments by name
# that are; and those whose options are.
READERS = {
    "badge", "button", "caption", "checkbox", "download_button", "error", "expander",
    "file_uploader", "header", "info", "markdown", "metric", "multiselect", "number_input",
    "pills", "popover", "radio", "segmented_control", "select_slider", "selectbox", "slider",
    "spinner", "status", "subheader", "success", "tabs", "text_area", "text_input", "title",
    "toast", "toggle", "warning", "write",
}  # fmt: skip
MORE, NAMED = {"page_link", "progress"}, {"label", "help", "text"}
OPTIONS = {"radio", "pills", "segmented_control", "select_slider"}

# What others have written, or what quotes it.
ATTRIBUTES = {"alt", "column", "label", "message", "note", "reason", "split_rule"}
CALLS = {
    "decode", "describe", "labels", "read_aloud", "read_curve", "read_probe", "readable",
    "token_text", "unique_labels", "visible",
}  # fmt: skip
KEEPING = {
    "capitalize", "dict", "format", "get", "join", "list", "lower", "map", "removesuffix",
    "str", "strip", "zip",
}  # fmt: skip
NAMES = {"error", "trouble"}
TITLES = {"choice.title", "corpus.title", "run.title", "text.title"}  # an entry's is ours


def values_of(tree: ast.AST) -> dict[str, list[ast.expr]]:
    """What is assigned to each name in a function."""
    values: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for name in (n for target in targets for n in ast.walk(target)):
                if isinstance(name, ast.Name):
                    values.setdefault(name.id, []).append(node.value)
    return values


def foreign(node: ast.AST, values: dict[str, list[ast.expr]], *seen: str) -> Iterator[str]:
    """Words of others in an expression, where nothing makes them plain."""
    called = node.func if isinstance(node, ast.Call) else None
    name = getattr(called, "attr", getattr(called, "id", ""))
    if name == "plain" or (isinstance(node, ast.Name) and node.id == "plain"):
        return
    text = ast.unparse(node)
    if (
        name in CALLS
        or text in TITLES
        or (isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES)
        or (isinstance(node, ast.Name) and node.id in NAMES)
    ):
        yield text
        return
    inner = [part for part in ast.iter_child_nodes(node) if part is not getattr(node, "test", None)]
    if called and name not in KEEPING:
        inner = []  # another function, which gives something else than it takes
    if isinstance(node, ast.Name) and node.id not in seen:
        inner, seen = values.get(node.id, []), (*seen, node.id)
    for part in inner:
        yield from foreign(part, values, *seen)


def read_as_markdown(call: ast.Call) -> Iterator[ast.expr]:
    name = getattr(call.func, "attr", "")
    if name in READERS:
        yield from call.args[:1]
    if name in OPTIONS:
        shown = [word.value for word in call.keywords if word.arg == "format_func"]
        yield from shown or call.args[1:2]
    if name in READERS or name in MORE:
        yield from (word.value for word in call.keywords if word.arg in NAMED)


def scopes(tree: ast.Module) -> Iterator[ast.AST]:
    """Each function, and the rest of the module as one."""
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    rest = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
    yield ast.Module(rest, [])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_words_of_others_are_made_plain(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {
        f"line {call.lineno}: {words}"
        for scope in scopes(tree)
        for call in ast.walk(scope)
        if isinstance(call, ast.Call)
        for text in read_as_markdown(call)
        for words in foreign(text, values_of(scope))
    }
    assert not found
