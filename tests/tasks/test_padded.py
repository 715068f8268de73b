import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.models.contract import IGNORED
from lm_core.tasks.padded import STRETCH, Buckets, flat, gathered, mixed

ROWS = st.lists(st.lists(st.integers(0, 9), max_size=12), min_size=1, max_size=40)


@given(ROWS, st.one_of(st.none(), st.integers(1, 12)))
def test_rows_come_back_with_minus_one_at_their_ends(rows: list, most: int | None) -> None:
    ids, starts = flat(rows)
    which = torch.arange(len(rows)).flip(0)
    found = gathered(ids, starts, which, most)
    longest = max(len(row[:most]) for row in rows)
    assert found.shape == (len(rows), longest)
    for got, row in zip(found.tolist(), rows[::-1], strict=True):
        kept = row[:most]
        assert got == kept + [IGNORED] * (longest - len(kept))


def lengths(n: int) -> torch.Tensor:
    return torch.randint(1, 50, (n,), generator=torch.Generator().manual_seed(0))


def test_an_epoch_reads_each_example_once_and_no_two_epochs_alike() -> None:
    buckets = Buckets(lengths(103), 10, seed=1)
    epochs = [torch.cat([buckets.at(10 * e + k) for k in range(10)]) for e in range(2)]
    assert all(len(set(epoch.tolist())) == 100 for epoch in epochs)
    assert epochs[0].tolist() != epochs[1].tolist()


def test_batches_depend_on_the_seed_and_the_step_alone() -> None:
    one, other, third = (Buckets(lengths(200), 8, seed=s) for s in (3, 3, 4))
    backwards = {step: other.at(step).tolist() for step in reversed(range(60))}
    assert all(one.at(step).tolist() == backwards[step] for step in range(60))
    assert one.at(0).tolist() != third.at(0).tolist()


def test_rows_of_like_length_are_read_together() -> None:
    sizes = lengths(8 * STRETCH)
    buckets = Buckets(sizes, 8, seed=0)
    spans = [int(sizes[buckets.at(k)].max() - sizes[buckets.at(k)].min()) for k in range(STRETCH)]
    assert sum(spans) / len(spans) < 5  # of 49 that they may be apart


def test_fewer_examples_than_a_batch_are_one_batch() -> None:
    assert sorted(Buckets(lengths(3), 8, seed=0).at(5).tolist()) == [0, 1, 2]


def test_the_fixed_order_of_a_split_loses_nothing() -> None:
    assert sorted(mixed(range(50))) == list(range(50))
    assert mixed(range(50)) == mixed(range(50)) != list(range(50))


@pytest.mark.parametrize("rows", [[], [[]]])
def test_nothing_is_nothing(rows: list) -> None:
    ids, starts = flat(rows)
    assert len(ids) == 0
    assert starts.tolist() == [0] * (len(rows) + 1)
