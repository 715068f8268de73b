import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.encoded import Encoded
from lm_core.models.contract import IGNORED
from lm_core.windows import Rows, cut, gather
from tests.tiny import NAMES, encoded, stream


@st.composite
def texts(draw: st.DrawFn) -> Encoded:
    """A stream in which every token is its own place, cut into sequences anywhere."""
    n = draw(st.integers(2, 120))
    starts = sorted({0, *draw(st.sets(st.integers(1, n - 2) if n > 2 else st.just(0)))})
    return Encoded(
        torch.arange(n), torch.tensor(starts), items=len(starts) > 1, characters=n, bytes=n
    )


@st.composite
def sizes(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(st.integers(1, 40))
    return size, draw(st.integers(0, size - 1))


@given(text=texts(), how=sizes())
def test_every_token_is_asked_for_exactly_once(text: Encoded, how: tuple[int, int]) -> None:
    rows = cut(text, *how)
    _, targets = gather(text.ids, rows)
    asked = targets[targets != IGNORED]
    assert asked.tolist() == list(range(1, len(text.ids)))
    assert rows.asked == len(asked)


@given(text=texts(), how=sizes())
def test_a_target_is_the_token_after_its_input(text: Encoded, how: tuple[int, int]) -> None:
    idx, targets = gather(text.ids, cut(text, *how))
    asked = targets != IGNORED
    assert torch.equal(targets[asked], idx[asked] + 1)


@given(text=texts(), how=sizes())
def test_no_row_reaches_over_a_start_or_is_too_long(text: Encoded, how: tuple[int, int]) -> None:
    size, overlap = how
    rows = cut(text, size, overlap)
    assert (rows.length >= 1).all()
    assert (rows.length <= size).all()
    starts = [*text.starts.tolist(), len(text.ids) - 1]
    for begin, length in zip(rows.begin.tolist(), rows.length.tolist(), strict=True):
        sequence = max(s for s in text.starts.tolist() if s <= begin)
        end = min(s for s in starts if s > sequence)
        assert begin + length <= end


@given(text=texts(), how=sizes())
def test_a_further_row_gives_each_token_at_least_the_overlap(text: Encoded, how) -> None:
    size, overlap = how
    rows = cut(text, size, overlap)
    starts = set(text.starts.tolist())
    for begin, skip in zip(rows.begin.tolist(), rows.skip.tolist(), strict=True):
        assert skip == (0 if begin in starts else overlap)


def test_a_long_text_in_overlapping_rows() -> None:
    rows = cut(stream(torch.arange(11)), 4, 2)
    assert rows.begin.tolist() == [0, 2, 4, 6]
    assert rows.length.tolist() == [4, 4, 4, 4]
    assert rows.skip.tolist() == [0, 2, 2, 2]
    idx, targets = gather(torch.arange(11), rows)
    assert idx[1].tolist() == [2, 3, 4, 5]
    assert targets[1].tolist() == [IGNORED, IGNORED, 5, 6]


def test_items_are_one_row_each() -> None:
    tokenizer, data = encoded(NAMES, items=True)
    rows = cut(data, 24)
    assert len(rows) == len(NAMES)
    idx, targets = gather(data.ids, rows)
    for name, row in zip(NAMES, targets, strict=True):
        assert tokenizer.decode(row[row != IGNORED]) == f"{name}\n"
    assert (idx[:, 0] == tokenizer.boundary_id).all()


@pytest.mark.parametrize("which", [slice(1, 3), torch.tensor([1, 2])])
def test_some_of_the_rows(which) -> None:
    part = cut(stream(torch.arange(50)), 8)[which]
    assert isinstance(part, Rows)
    assert part.begin.tolist() == [8, 16]
    assert len(part) == 2


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_to_predict_gives_no_rows(n: int) -> None:
    assert len(cut(stream(torch.arange(n)), 8, 2)) == 0
