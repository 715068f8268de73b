"""The table of the study in words, read: ranks, curves, and losses by length of sentence."""

from pathlib import Path

import pytest

from lm_core.evaluation.word_study import TEST, by_length, curve, ranked, read_words
from tools.word_study import COLUMNS


def row(family: str, test: float, seed: int = 0, **more: float) -> dict[str, str]:
    found = dict.fromkeys(COLUMNS, "1") | {"family": family, "seed": str(seed), TEST: str(test)}
    return found | {name: str(value) for name, value in more.items()}


def test_families_by_the_mean_of_their_seeds_and_each_point_of_a_curve() -> None:
    rows = [row("mlp", 6.0), row("lstm", 5.2), row("lstm", 5.4, 1), row("ngram", 5.5)]
    assert [one.model for one in ranked(rows)] == ["lstm", "ngram", "mlp"]
    one = row("lstm", 5.0, **{"validation_0.125": 7.0, "validation_2": 5.5, "train_2": 5.0})
    points = curve(one)
    assert points[0] == (0.125, 7.0)
    assert points[-1] == (2.0, 5.5)
    assert curve(one, "train")[-1] == (2.0, 5.0)
    assert not curve(row("ngram", 5.0))


def test_bins_that_hold_tokens_are_told_by_the_mean_of_the_seeds() -> None:
    empty = {"tokens_to_more": 0}
    names = [name.removeprefix("nats_to_") for name in COLUMNS if name.startswith("nats_to_")]
    first, *others = names
    rows = [row("lstm", 5.0, seed, **{f"nats_to_{first}": seed + 3.0}, **empty) for seed in (0, 1)]
    assert by_length(rows, "lstm") == [(first, 3.5, 1), *((n, 1.0, 1) for n in others[:-1])]


@pytest.mark.parametrize("held", ["", "family,seed\nlstm,0\n"])
def test_another_file_is_refused(held: str, tmp_path: Path) -> None:
    file = tmp_path / "words.csv"
    file.write_text(held)
    with pytest.raises(ValueError, match="no study in words"):
        read_words(file)
