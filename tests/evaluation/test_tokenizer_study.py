"""The file of the study: what is written is read, what is damaged is refused, and the pairs that
two measures put in opposite orders are those that a plain loop finds."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadCheckpoint
from lm_core.evaluation.standings import Point, Result, standings
from lm_core.evaluation.tokenizer_study import (
    BITS,
    FIGURES,
    PERPLEXITY,
    Cut,
    TokenizerStudy,
    read_study,
    swapped,
)

POINTS = (Point(1, 64, 0.1, 4.0), Point(10, 640, 1.0, 2.5))


def result(name: str, seed: int = 0, **figures: float | None) -> Result:
    return Result(name, seed, dict.fromkeys(FIGURES, 1.0) | figures, POINTS)


STUDY = TokenizerStudy(
    "python -m tools.tokenizer_study",
    {"cores": 2},
    1000,
    500,
    (Cut("char", "Characters", {"seed": 0}, "python a"), Cut("word", "Words", {}, "python b")),
    (result("char"), result("word", **{BITS: None})),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    STUDY.write(path)
    assert read_study(path) == STUDY
    assert STUDY.has("word", 0)
    assert not STUDY.has("word", 1)
    assert STUDY.title("word") == "Words"
    assert [row.model for row in STUDY.ranked()] == ["char", "word"]  # what is withheld comes last


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 2}, "another version"),
        ({"cuts": []}, "no study"),
        ({"results": [{"model": "char"}]}, "no study"),
        ({"bytes": "many"}, "no study"),
        ({"machine": 3}, "no study"),
    ],
)
def test_what_is_damaged_is_refused(change: dict, said: str, tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    STUDY.write(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(BadCheckpoint, match=said) as error:
        read_study(path)
    assert "make tokenizers" in str(error.value)


@given(st.lists(st.tuples(st.floats(0.5, 8), st.floats(1, 1e4)), max_size=7))
def test_pairs_in_opposite_orders_are_all_found(figures: list[tuple[float, float]]) -> None:
    rows = standings(
        [result(str(k), **{BITS: b, PERPLEXITY: p}) for k, (b, p) in enumerate(figures)], by=BITS
    )
    plain = {
        (str(i), str(j))
        for i, (bits, ppl) in enumerate(figures)
        for j, (other_bits, other_ppl) in enumerate(figures)
        if bits < other_bits and ppl > other_ppl
    }
    found = [(a.model, b.model) for a, b in swapped(rows)]
    assert set(found) == plain
    ratios = [b.mean(PERPLEXITY) / a.mean(PERPLEXITY) for a, b in swapped(rows)]
    assert ratios == sorted(ratios)
