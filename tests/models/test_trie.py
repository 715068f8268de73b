import math
from functools import cache

import numpy as np
import pytest
import torch
from safetensors.torch import load, save

from lm_core.errors import BadCheckpoint
from lm_core.models.ngram import Ngram, NgramSettings
from lm_core.models.trie import FIELDS, UNSEEN, Level, smallest
from tests.models.counted import fitted

LEVELS = [  # 0 is followed by 1 and 2, 1 by 0
    Level(*map(np.array, ([0, 1, 2], [2, 3, 1], [3], [6])), vocab_size=3),
    Level(*map(np.array, ([1, 2, 0], [4, 1, 2], [2, 1, 0], [5, 3, 0])), vocab_size=3),
]


def test_grams_are_found_at_once_and_what_is_not_there_reads_zero():
    pairs = LEVELS[1]
    prefix, token = np.array([[0, 0, 1], [0, 2, UNSEEN]]), np.array([[1, 2, 0], [0, 2, 1]])
    found = pairs.find(prefix, token)
    assert found.tolist() == [[0, 1, 2], [UNSEEN, UNSEEN, UNSEEN]]
    assert pairs.counts[found].tolist() == [[4, 1, 2], [0, 0, 0]]
    assert pairs.totals[UNSEEN] == pairs.children[UNSEEN] == 0
    assert pairs.find(np.int64(2**40), np.int64(0)) == UNSEEN  # past the last key


def test_what_followed_a_context_lies_side_by_side():
    row, gram = LEVELS[1].followers(np.array([1, UNSEEN, 0, 2, 0]))
    assert row.tolist() == [0, 2, 2, 4, 4]
    assert gram.tolist() == [2, 0, 1, 0, 1]
    assert LEVELS[1].prefix.tolist() == [0, 0, 1]
    assert LEVELS[1].per_prefix(np.array([1.0, 2.0, 4.0])).tolist() == [3, 4, 0, 0]


@pytest.mark.parametrize(
    ("top", "kind"), [(0, "u1"), (255, "u1"), (256, "i2"), (2**15, "i4"), (2**31, "i8")]
)
def test_the_smallest_type_that_holds_a_number(top, kind):
    small = smallest(np.array([0, top]))
    assert small.dtype == np.dtype(kind)
    assert small.tolist() == [0, top]


def test_saved_and_loaded_the_same():
    ids = torch.arange(3000) ** 2 % 251
    model = fitted(ids.tolist(), order=4, V=300, prune=1)
    loaded = Ngram(NgramSettings(order=4, prune=1), 300)
    result = loaded.load_state_dict(load(save(model.state_dict())))
    assert not result.missing_keys
    assert not result.unexpected_keys
    assert torch.equal(loaded(ids[None, :50])[0], model(ids[None, :50])[0])
    assert loaded.n_parameters == model.n_parameters
    assert loaded.tokens_1.dtype == torch.int16  # 300 tokens: two bytes are enough
    inside = torch.nn.Sequential(Ngram(NgramSettings(order=4, prune=1), 300))
    inside.load_state_dict({f"0.{name}": t for name, t in model.state_dict().items()})
    assert torch.equal(inside[0](ids[None, :50])[0], model(ids[None, :50])[0])


@cache
def sound_state():
    return fitted([0, 1, 0, 1, 2, 1, 0, 2], order=3).state_dict()


def edited(name, change):
    def apply(state):
        state[name] = change(state[name].clone())

    return apply


def at(index, value):
    def change(tensor):
        tensor[index] = value
        return tensor

    return change


@pytest.mark.parametrize(
    "damage",
    [
        lambda state: state.pop("counts_2"),
        lambda state: state.update(extra=torch.zeros(1)),
        edited("tokens_2", at(0, 3)),  # no such token
        edited("tokens_3", lambda t: t.flip(0)),  # out of order
        edited("tokens_3", lambda t: t[:-1]),  # sizes disagree
        edited("tokens_1", lambda t: t[:, None]),
        edited("tokens_1", lambda t: t.double()),
        edited("tokens_1", lambda t: t.to(torch.int64) - 5),
        edited("counts_3", at(0, 0)),  # a gram that never occurred
        edited("counts_3", at(0, 100)),  # more than all that followed
        edited("children_3", at(0, 50)),
        edited("children_2", lambda t: t.roll(1)),
        edited("children_2", lambda t: t.to(torch.int64).index_fill(0, torch.tensor([0]), 2**62)),
        edited("totals_2", at(1, 0)),
        edited("discounts", at((0, 0), math.nan)),
        edited("discounts", at((1, 0), 1.5)),
        edited("discounts", at((1, 1), 0.0)),
        edited("discounts", lambda t: t[:2]),
        edited("discounts", lambda t: t.float()),
        lambda state: state.update({f"{field}_1": state[f"{field}_2"] for field in FIELDS}),
    ],
)
def test_damaged_counts_are_refused_and_nothing_is_lost(damage):
    state = dict(sound_state())
    model = fitted([2, 0, 2, 0, 1], order=3)
    before = model(torch.tensor([[2, 0]]))[0]
    damage(state)
    with pytest.raises(BadCheckpoint, match="copy the checkpoint again, or retrain"):
        model.load_state_dict(state)
    assert torch.equal(model(torch.tensor([[2, 0]]))[0], before)
    model.load_state_dict(sound_state())


def test_counts_of_another_model_are_refused():
    for order, V in [(2, 3), (4, 3), (3, 4)]:
        with pytest.raises(BadCheckpoint):
            Ngram(NgramSettings(order=order), V).load_state_dict(sound_state())


def test_counts_stay_in_small_types():
    model = fitted([0, 1, 2] * 50)
    for level in model.levels:
        assert {level.counts.dtype, level.totals.dtype, level.children.dtype} == {np.dtype("u1")}
        assert level.counts[-1] == level.totals[-1] == level.children[-1] == 0  # of UNSEEN
