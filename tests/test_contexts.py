"""Contexts and targets as the course writes them."""

from itertools import pairwise

import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.contexts import contexts, samples
from lm_core.models.context import windows, with_past

IDS = [" abcdefghijklmnopqrstuvwxyz".index(letter) for letter in "emma"]  # boundary 0, a = 1


def spelled(ids: list[int]) -> str:
    return "".join(".abcdefghijklmnopqrstuvwxyz"[id] for id in ids)


def test_emma_with_three_letters() -> None:
    said = [(spelled(context), spelled([target])) for context, target in contexts(IDS, 3, 0)]
    assert said == [("...", "e"), ("..e", "m"), (".em", "m"), ("emm", "a"), ("mma", ".")]


def test_emma_as_pairs_of_ids() -> None:
    pairs = contexts(IDS, 1, 0)
    assert [context for (context,), _ in pairs] == [0, 5, 13, 13, 1]
    assert [target for _, target in pairs] == [5, 13, 13, 1, 0]


@given(ids=st.lists(st.integers(1, 9), max_size=8), length=st.integers(1, 5))
def test_they_are_what_a_model_of_a_fixed_window_sees(ids: list[int], length: int) -> None:
    idx = torch.tensor([[0, *ids]])  # from the boundary on
    seen = windows(with_past(idx, None, length, 0), length)[0].tolist()
    found = contexts(ids, length, 0)
    assert [context for context, _ in found] == seen
    assert [target for _, target in found] == [*ids, 0]


@given(block=st.lists(st.integers(0, 9), max_size=9))
def test_a_block_of_nine_has_eight_samples(block: list[int]) -> None:
    found = samples(block)
    assert len(found) == max(0, len(block) - 1)
    assert [(context[-1], target) for context, target in found] == list(pairwise(block))
    assert all(context == block[: len(context)] for context, _ in found)
