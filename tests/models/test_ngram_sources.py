import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.models.ngram_sources import occurrences
from tests.models.counted import START, fitted, grams_of, small_texts

IDS = torch.tensor([0, 1, 2, 1, 2, 0, 1, 2])


def test_places_of_a_run_in_reading_order():
    assert occurrences(IDS, START, [1, 2]).tolist() == [1, 3, 6]
    assert occurrences(IDS, START, [1, 2], most=2).tolist() == [1, 3]
    assert occurrences(IDS, START, [0, 1, 2]).tolist() == [0, 5]
    assert occurrences(IDS, START, [2, 2]).tolist() == []
    assert occurrences(IDS, START, [0] * 20).tolist() == []


def test_no_place_reaches_over_a_start():
    starts = torch.tensor([0, 5])  # the 0 there ends one item and begins the next
    assert occurrences(IDS, starts, [2, 0]).tolist() == [4]
    assert occurrences(IDS, starts, [0, 1]).tolist() == [0, 5]
    assert occurrences(IDS, starts, [2, 0, 1]).tolist() == []


def test_a_run_of_nothing_is_refused():
    with pytest.raises(ValueError, match="a token at least"):
        occurrences(IDS, START, [])


@given(small_texts(), st.data())
def test_as_many_places_as_were_counted(text, data):
    V, ids, starts = text
    model = fitted(ids, starts, order=4, V=V, smoothing="ml")
    grams = [gram for gram, _ in grams_of(ids, starts, 4)]
    gram = data.draw(st.sampled_from(grams) if grams else st.just((0,)))
    places = occurrences(torch.tensor(ids), torch.tensor(starts), gram, most=None)
    assert all(tuple(ids[i : i + len(gram)]) == gram for i in places)
    part = model.explain(gram[:-1], gram[-1])[-1]
    assert part.order == len(gram)
    assert part.count == len(places)
