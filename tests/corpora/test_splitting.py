"""Splits hold everything once and leak nothing."""

from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.splitting import split_items, split_text, unique


def test_unique_keeps_the_first_of_each() -> None:
    assert unique(["b", "a", "b", "c", "a"]) == ["b", "a", "c"]


@given(st.lists(st.text(max_size=3)), st.integers(0, 5), st.integers(0, 5))
def test_items_are_split_without_doubles_and_without_loss(
    items: list[str], validation: int, test: int
) -> None:
    splits = split_items(items, validation=validation, test=test)
    together = splits["validation"] + splits["test"] + splits["train"]
    assert sorted(together) == sorted(set(items))
    assert len(splits["validation"]) == min(validation, len(set(items)))


def test_doubles_go_before_the_shuffle() -> None:
    names = ["emma", "olivia", "ava"] * 50
    splits = split_items(names, validation=1, test=1)
    assert {len(items) for items in splits.values()} == {1}


def test_the_same_seed_gives_the_same_split_and_another_seed_another() -> None:
    items = [str(i) for i in range(100)]
    first = split_items(items, validation=10, test=10)
    assert split_items(items, validation=10, test=10) == first
    assert split_items(items, validation=10, test=10, seed=7) != first


def test_the_shuffle_is_the_one_that_shipped_models_were_trained_with() -> None:
    splits = split_items([str(i) for i in range(20)], validation=3, test=3)
    assert splits["validation"] == ["15", "9", "14"]
    assert splits["test"] == ["7", "12", "10"]


@given(st.text(min_size=1))
def test_running_text_is_cut_in_order_without_loss(text: str) -> None:
    for splits in (split_text(text, 0.9, 0.95), split_text(text, 0.9)):
        assert "".join(p for part in splits.values() for p in part) == text


def test_the_cuts_fall_where_they_are_said_to() -> None:
    splits = split_text("0123456789" * 10, 0.9, 0.95)
    assert [len(splits[s][0]) for s in ("train", "validation", "test")] == [90, 5, 5]
    assert split_text("0123456789", 0.9) == {
        "train": ["012345678"],
        "validation": ["9"],
        "test": [],
    }
