"""Shapes in letters: B and T by trying, the rest from the settings."""

import pytest

from lm_core.inspection.atlas import follow
from lm_core.inspection.letters import constants, in_letters, with_letters
from tests.tiny import READERS, lively_model, some_ids


def test_a_transformer_in_letters() -> None:
    model, idx = lively_model("transformer", n_embd=48), some_ids(2, 6, 27)
    found = with_letters(model, follow(model, idx), idx)
    for name, letters in {
        "embedding": "B T C",
        "blocks.0.attention.qkv": "B T 3C",
        "blocks.0.attention.q": "B H T D",
        "blocks.0.attention.weights": "B H T T",
        "blocks.1.mlp.up": "B T 4C",
        "head": "B T V",
    }.items():
        assert " ".join(found.at(name).letters) == letters


def test_windows_and_loops_in_letters() -> None:
    model, idx = lively_model("mlp", n_hidden=50), some_ids(2, 6, 27)
    found = with_letters(model, follow(model, idx), idx)
    assert found.at("with_past").letters == ("B", "T+7")
    assert found.at("embedding").letters == ("B", "T", "n", "E")
    assert found.at("x").letters == ("B", "T", "n E")
    model = lively_model("lstm", n_layer=1)
    found = with_letters(model, follow(model, idx), idx)
    assert found.at("0.c").letters == ("B", "T", "C")
    assert found.at("0.x @ w_x.T").letters == ("B", "T", "4C")


def test_a_source_has_a_letter_of_its_own() -> None:
    model = lively_model("rnn-translator", 8)
    given = some_ids(2, 5, 8), some_ids(2, 4, 8)
    letters = {m.letters for m in with_letters(model, follow(model, *given), *given).entries}
    flat = {letter for one in letters for letter in one}
    assert {"B", "S", "T", "V"} <= flat


@pytest.mark.parametrize("family", [entry.name for entry in READERS])
def test_every_shape_has_as_many_letters(family: str) -> None:
    model, idx = lively_model(family), some_ids(2, 3, 27)
    for made in with_letters(model, follow(model, idx), idx).entries:
        assert len(made.letters) == len(made.shape)


def test_one_row_of_one_token_is_no_trouble() -> None:
    model, idx = lively_model("gru"), some_ids(1, 1, 27)
    assert with_letters(model, follow(model, idx), idx).at("head").letters[-1] == "V"


def test_sizes_that_are_nothing_in_particular_stay_numbers() -> None:
    sizes, known = {"B": 2, "T": 6, "S": 6}, {"C": 32, "V": 27, "H": 2, "D": 16}
    changes = {"B": (1, 0, 0), "T": (0, 1, 0)}
    assert in_letters((2, 6, 28), changes, sizes, known) == ("B", "T", "V+1")
    assert in_letters((2, 5, 7), changes, sizes, known) == ("B", "T−1", "7")
    assert in_letters((12, 32), {"B": (6, 0), "T": (2, 0)}, sizes, known) == ("B T", "C")
    assert constants(lively_model("transformer"))["D"] == 16
