import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.encoded import encode_documents
from lm_core.errors import BadText
from lm_core.models.contract import IGNORED
from lm_core.tasks.token_batches import AlongText, ItemRows, RandomWindows, TokenBatches
from lm_core.tokenizers.char import CharTokenizer
from tests.tiny import NAMES, TEXT, encoded, stream


def of(data, *, batch_size=4, size=8, seed=0, along=False):
    return TokenBatches.of(data, batch_size=batch_size, size=size, seed=seed, along=along)


def same(a, b):
    fresh = (a.fresh is None and b.fresh is None) or torch.equal(a.fresh, b.fresh)
    return torch.equal(a.idx, b.idx) and torch.equal(a.targets, b.targets) and fresh


ITEMS = encoded(NAMES, items=True)[1]
RUNNING = encoded([TEXT])[1]


@pytest.mark.parametrize(
    ("data", "along", "kind"),
    [(ITEMS, False, ItemRows), (RUNNING, False, RandomWindows), (RUNNING, True, AlongText)],
)
def test_a_batch_depends_on_seed_and_step_alone(data, along, kind) -> None:
    one, other = (of(data, seed=3, along=along) for _ in range(2))
    assert isinstance(one, kind)
    backwards = {step: other.at(step) for step in reversed(range(40))}
    assert all(same(one.at(step), backwards[step]) for step in range(40))
    assert not same(one.at(0), one.at(1))


@pytest.mark.parametrize("data", [ITEMS, RUNNING], ids=["items", "text"])
def test_another_seed_reads_in_another_order(data) -> None:
    assert not same(of(data, seed=1).at(0), of(data, seed=2).at(0))


def test_the_target_is_the_next_token() -> None:
    ids = torch.arange(100)
    for along in (False, True):
        for step in range(30):
            batch = of(stream(ids), along=along).at(step)
            assert torch.equal(batch.targets, batch.idx + 1)
            assert batch.asked == batch.targets.numel()


def test_a_block_of_nine_tokens_gives_eight_training_samples() -> None:
    batch = of(stream(torch.arange(9)), batch_size=1).at(0)
    assert batch.idx.tolist() == [[0, 1, 2, 3, 4, 5, 6, 7]]
    assert batch.targets.tolist() == [[1, 2, 3, 4, 5, 6, 7, 8]]
    assert batch.asked == 8


def test_emma_as_pairs() -> None:
    """The course's example: "." is 0, a is 1, ...; here the boundary is the newline."""
    tokenizer = CharTokenizer(["\n", *"abcdefghijklmnopqrstuvwxyz"])
    emma = encode_documents(["emma"], tokenizer, items=True)
    batch = of(emma, batch_size=1).at(0)
    assert batch.idx.tolist() == [[0, 5, 13, 13, 1]]
    assert batch.targets.tolist() == [[5, 13, 13, 1, 0]]


def test_a_row_never_reaches_from_one_item_into_the_next() -> None:
    tokenizer, data = encoded(NAMES, items=True)
    batches = of(data, batch_size=5, size=24)
    for step in range(16):
        batch = batches.at(step)
        for idx, targets in zip(batch.idx, batch.targets, strict=True):
            n = int((targets != IGNORED).sum())
            assert tokenizer.decode(idx[:n]) + "\n" == "\n" + tokenizer.decode(targets[:n])
            assert tokenizer.decode(targets[: n - 1]) in NAMES
            assert (targets[n:] == IGNORED).all()
        assert batch.asked == int((batch.targets != IGNORED).sum())


@pytest.mark.parametrize("batch_size", [1, 3, 7, 40, 1000])
def test_an_epoch_shows_each_item_once_and_leaves_less_than_a_batch(batch_size: int) -> None:
    tokenizer, data = encoded(NAMES, items=True)
    batches = of(data, batch_size=batch_size, size=24)
    per_epoch = len(NAMES) // min(batch_size, len(NAMES))
    orders = []
    for epoch in range(2):
        rows = [
            tokenizer.decode(row[row != IGNORED])
            for k in range(per_epoch)
            for row in batches.at(epoch * per_epoch + k).targets
        ]
        assert len(set(rows)) == len(rows) > len(NAMES) - min(batch_size, len(NAMES))
        orders.append(rows)
    assert orders[0] != orders[1]


def test_long_items_go_on_in_a_further_row() -> None:
    tokenizer, data = encoded(["abcdefghij", "k"], items=True)
    batch = of(data, batch_size=9, size=4).at(0)
    rows = sorted(tokenizer.decode(row[row != IGNORED]) for row in batch.targets)
    assert rows == ["abcd", "efgh", "ij\n", "k\n"]


@given(n=st.integers(2, 300), batch_size=st.integers(1, 12), size=st.integers(1, 40))
def test_readers_along_a_text_go_on_where_they_stopped(n: int, batch_size: int, size: int) -> None:
    batches = of(stream(torch.arange(n)), batch_size=batch_size, size=size, along=True)
    last = None
    for step in range(50):
        batch = batches.at(step)
        assert 0 <= batch.idx.min() <= batch.targets.max() < n
        if last is not None:
            goes_on = batch.idx[:, 0] == last.targets[:, -1]
            assert (goes_on | batch.fresh).all()
        last = batch


def test_readers_start_afresh_now_and_then_each_at_its_own_time() -> None:
    batches = of(stream(torch.arange(2000)), batch_size=4, size=5, along=True)
    fresh = torch.stack([batches.at(step).fresh for step in range(1, 65)])  # (steps, readers)
    assert batches.at(0).fresh.all()
    assert (fresh.sum(0) == 4).all()  # 64 steps, every 16th
    assert fresh.sum(1).max() == 1


def test_readers_share_the_text_between_them() -> None:
    batches = of(stream(torch.arange(101)), batch_size=4, size=5, along=True)
    seen = torch.cat([batches.at(step).targets.flatten() for step in range(5)])
    assert sorted(seen.tolist()) == list(range(1, 101))


def test_windows_come_from_everywhere() -> None:
    batches = of(stream(torch.arange(20)), batch_size=8, size=4)
    begins = torch.cat([batches.at(step).idx[:, 0] for step in range(60)])
    assert set(begins.tolist()) == set(range(16))


@pytest.mark.parametrize("along", [False, True])
def test_a_text_shorter_than_a_row_is_read_whole(along: bool) -> None:
    batch = of(stream(torch.arange(5)), size=64, along=along).at(0)
    assert batch.idx[0].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("n", [0, 1])
def test_a_text_without_a_next_token_is_refused(n: int) -> None:
    with pytest.raises(BadText, match="at least two tokens"):
        of(stream(torch.arange(n)))


@pytest.mark.parametrize("along", [False, True])
@pytest.mark.parametrize("data", [ITEMS, RUNNING], ids=["items", "text"])
@pytest.mark.parametrize(("cuts", "world"), [(1, 1), (3, 1), (1, 2), (2, 3), (50, 1)])
def test_pieces_and_shares_together_are_the_batch(data, along, cuts, world) -> None:
    batches = of(data, batch_size=7, along=along)
    whole = batches.at(5)
    pieces = []
    for rank in range(world):
        parts, asked = batches.parts(5, cuts=cuts, rank=rank, world=world)
        assert asked == whole.asked
        assert len(parts) == min(cuts, 7)
        pieces += parts
    assert sum(piece.asked for piece in pieces) == whole.asked
    rows = [row[row != IGNORED].tolist() for piece in pieces for row in piece.targets]
    assert rows == [row[row != IGNORED].tolist() for row in whole.targets]
    if whole.fresh is not None:
        assert torch.equal(torch.cat([piece.fresh for piece in pieces]), whole.fresh)


@pytest.mark.parametrize("cuts", [1, 3, 50])
def test_processes_have_as_many_pieces_of_one_width(cuts: int) -> None:
    """Of 7 rows one has 3 and one has 4; a model may skip weights where all rows are short."""
    batches = of(ITEMS, batch_size=7)
    for step in range(5):
        one, other = (batches.parts(step, cuts=cuts, rank=r, world=2)[0] for r in (0, 1))
        assert len(one) == len(other) == min(cuts, 3)
        assert {piece.idx.size(1) for piece in one + other} == {batches.at(step).idx.size(1)}


def test_fewer_rows_are_spread_over_the_batch_and_of_seed_and_step_alone() -> None:
    batches = of(stream(torch.arange(400)), batch_size=8, size=5, along=True)
    (few,), asked = batches.parts(3, rows=2)
    whole = batches.at(3)
    assert torch.equal(few.idx, whole.idx[[0, 4]])
    assert asked == few.asked == 10
    again, _ = of(stream(torch.arange(400)), batch_size=8, size=5, along=True).parts(3, rows=2)
    assert same(again[0], few)
