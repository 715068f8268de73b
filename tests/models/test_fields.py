"""A setting that several families have is said in one place."""

import ast
from collections import defaultdict
from pathlib import Path

from lm_core.models import models

FOLDER = Path(__file__).parents[2] / "lm_core" / "models"
OPTIONS = {entry.name: entry.settings.__dataclass_fields__ for entry in models}


def test_no_two_fields_are_written_out_alike() -> None:
    """But for what they begin with."""
    places = defaultdict(list)
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "setting":
                said = sorted(f"{k.arg}={ast.unparse(k.value)}" for k in node.keywords)
                places[tuple(said)].append(f"{path.name}:{node.lineno}")
    assert len(places) > 30  # they were found
    assert [where for where in places.values() if len(where) > 1] == []


def test_what_is_shared_is_the_same_wherever_it_is() -> None:
    for name in ("dropout", "head", "n_embd", "n_layer", "n_hidden", "block_size"):
        said = defaultdict(set)
        for fields in OPTIONS.values():
            if name in fields:
                meta = fields[name].metadata
                said[meta["title"], meta["help"]].add((meta["low"], meta["high"], meta["unit"]))
        assert all(len(bounds) == 1 for bounds in said.values())


def test_a_family_begins_with_what_it_asked_for() -> None:
    widths = {name: f["n_embd"].default for name, f in OPTIONS.items() if "n_embd" in f}
    assert widths["mlp"] == widths["wavenet"] == 24
    assert widths["rnn"] == widths["gru"] == widths["lstm"] == 64
    assert widths["rnn-translator"] == widths["transformer"] == widths["encoder"] == 128
    assert OPTIONS["encoder-decoder"]["n_layer"].default == 2
    assert "the one before it alone" in OPTIONS["neural-bigram"]["block_size"].metadata["help"]
