"""A part of a text, spread over the whole."""

from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.part import evenly


def test_it_is_one_of_each_few() -> None:
    assert evenly(["aa", "bb", "cc", "dd"], 4) == ["aa", "cc"]
    assert evenly(["aa", "bb"], 4) == ["aa", "bb"]
    assert evenly(["abcdef"], 4) == ["abcd"]


@given(documents=st.lists(st.text(max_size=5), max_size=20), characters=st.integers(1, 40))
def test_it_is_never_longer_and_in_their_order(documents: list[str], characters: int) -> None:
    some = evenly(documents, characters)
    total = sum(map(len, some))
    assert total <= characters
    assert some == documents or total > 0 or not documents[0]
    places = iter(documents)
    assert all(any(one == d or d.startswith(one) for d in places) for one in some)
