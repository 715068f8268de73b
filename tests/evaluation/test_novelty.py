"""What was copied and what is new: equal to looking for every run in the text itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.evaluation.novelty import (
    Learned,
    known_shares,
    new_share,
    sorted_suffixes,
)

FEW = st.lists(st.integers(0, 3), max_size=40)  # tokens of few kinds: runs come again


def stands(run: list[int], text: list[int]) -> bool:
    """A plain search."""
    return any(text[i : i + len(run)] == run for i in range(len(text) - len(run) + 1))


@given(learned=FEW, written=FEW)
def test_it_finds_what_a_plain_search_finds(learned: list[int], written: list[int]) -> None:
    found = Learned(learned).longest_from(written)
    for at, (length, place) in enumerate(zip(found.lengths, found.places, strict=True)):
        run = written[at : at + length]
        assert learned[place : place + length] == run
        assert at + length == len(written) or not stands(written[at : at + length + 1], learned)
    for n, share in known_shares(found).items():
        runs = [written[i : i + n] for i in range(len(written) - n + 1)]
        assert share == pytest.approx(sum(stands(run, learned) for run in runs) / len(runs))
    at, place, length = found.longest
    assert length == max(found.lengths, default=0)
    assert written[at : at + length] == learned[place : place + length]


@given(st.lists(st.integers(0, 2), max_size=60))
def test_suffixes_are_sorted_as_lists_are(ids: list[int]) -> None:
    order = sorted_suffixes(np.array(ids, dtype=np.int32)).tolist()
    assert order == sorted(range(len(ids)), key=lambda i: ids[i:])


def test_a_text_of_one_token_and_a_copy_of_the_whole() -> None:
    same = [5] * 3000
    found = Learned(same).longest_from([5] * 100)
    assert found.longest[2] == 100
    assert known_shares(found) == dict.fromkeys(range(1, 9), 1.0)
    assert known_shares(Learned(same).longest_from([5, 6, 5])) == {1: 2 / 3, 2: 0.0, 3: 0.0}


def test_nothing_written_and_nothing_learned() -> None:
    assert known_shares(Learned([1, 2]).longest_from([])) == {}
    assert Learned([1, 2]).longest_from([]).longest == (0, 0, 0)
    assert Learned([]).longest_from([1]).longest == (0, 0, 0)
    assert known_shares(Learned([]).longest_from([1])) == {1: 0.0}


def test_new_names_are_those_that_are_in_no_list() -> None:
    assert new_share(["emma", "zzy", "zzy", "ada"], {"emma", "ada"}) == 0.5
    assert new_share([], {"emma"}) == 0.0
