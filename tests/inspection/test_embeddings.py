"""Tables of vectors of every model that ships, kinds of tokens, neighbours by a plain loop."""

import math
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some
from torch import nn

from lm_core.checkpoints import load_checkpoint
from lm_core.codecs import LabelCodec
from lm_core.inspection.embeddings import (
    KINDS,
    NOTHING,
    embeds,
    kind_of,
    neighbours,
    of_kinds,
    token_tables,
)
from tests.tiny import alphabet, tiny_model

FOLDERS = Path(__file__).parents[2] / "checkpoints"
SHIPPED = [meta.parent for meta in sorted(FOLDERS.glob("*/meta.json"))]


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_tables_of_what_ships(folder: Path) -> None:
    saved = load_checkpoint(folder)
    tables = token_tables(saved.model, saved.codec)
    held = [m for m in saved.model.children() if isinstance(m, nn.Embedding)]
    assert embeds(saved.model) == bool(held)
    assert len(tables) == len(held)
    for table in tables:
        weight = saved.model.get_submodule(table.name).weight
        torch.testing.assert_close(table.vectors, weight.detach(), atol=0, rtol=0)
        assert len(table.texts) == len(table.labels) == len(table.kinds) == len(weight)
        assert all(table.labels)
        assert set(table.kinds) <= set(KINDS)
    if folder.name.startswith("translate"):
        assert [table.title for table in tables] == ["French", "English"]


def test_what_is_no_token_is_called_so() -> None:
    (table,) = token_tables(tiny_model("mlp"), alphabet(27))
    assert table.labels[-1] == NOTHING
    assert table.kinds[-1] == "boundary"
    (table,) = token_tables(tiny_model("gru"), LabelCodec(alphabet(27), ["a", "b"]))
    assert len(table.labels) == 27


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "boundary"),
        (" ", "blank"),
        ("\n", "blank"),
        ("a", "vowel"),
        ("é", "vowel"),
        ("e\u0301", "vowel"),
        ("y", "consonant"),
        ("ç", "consonant"),
        ("A", "capital"),
        (" The", "capital"),
        (" the", "begins"),
        ("ing", "other"),
        ("漢", "other"),
        ("x1", "digit"),
        (" 19", "digit"),
        (",", "mark"),
        (" —", "mark"),
        ("$", "mark"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@given(some.text("aAéßy1, \n\u200b漢$\u0301", max_size=5))
def test_every_text_is_of_a_kind(text: str) -> None:
    assert kind_of(text) in KINDS


@given(some.integers(2, 12), some.integers(0, 50))
def test_neighbours_are_those_of_a_plain_loop(N: int, seed: int) -> None:
    x = torch.randn(N, 4, generator=torch.Generator().manual_seed(seed))
    rows = x.double().tolist()
    by_cosine, by_distance = [], []
    for i in range(1, N):
        dot = sum(a * b for a, b in zip(rows[0], rows[i], strict=True))
        by_cosine.append((dot / (math.hypot(*rows[0]) * math.hypot(*rows[i])), i))
        by_distance.append((math.dist(rows[0], rows[i]), i))
    for measure, right in (
        ("cosine", sorted(by_cosine, reverse=True)),
        ("euclid", sorted(by_distance)),
    ):
        found = neighbours(x, 0, 3, measure)
        assert [i for i, _ in found] == [i for _, i in right[:3]]
        for (_, value), (expected, _) in zip(found, right, strict=False):
            assert value == pytest.approx(expected, abs=1e-4)


def test_places_of_kinds() -> None:
    assert of_kinds(["a", "b", "a", "c"], "a", "c").tolist() == [0, 2, 3]
    assert of_kinds([], "a").tolist() == []
