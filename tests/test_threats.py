"""What the page on threats names is there: each file, and in it each function."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
NAMED = [
    (file, name.strip())
    for file, names in re.findall(r"`([\w/]+\.py): ([\w, ]+)`", PAGE)
    for name in names.split(",")
]


@pytest.mark.parametrize(("file", "name"), NAMED, ids=lambda value: str(value))
def test_what_is_said_to_check_is_there(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.ClassDef
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def test_it_names_them_and_every_path_exists() -> None:
    assert len(NAMED) > 40
    paths = re.findall(r"`((?:lm_core|pages|tests)/[\w/.]+?)[:`]", PAGE)
    assert [path for path in paths if not (ROOT / path).exists()] == []
