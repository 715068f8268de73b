"""Splits hold everything once and leak nothing."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.splitting import (
    apart,
    beside,
    same,
    split_classes,
    split_items,
    split_pairs,
    split_text,
    unique,
)


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


SIDE = st.text("abA ", min_size=1, max_size=3).filter(str.strip)
PAIRS = st.lists(st.tuples(SIDE, SIDE), max_size=60)


def sides(splits: dict[str, list[tuple[str, str]]], split: str) -> tuple[set[str], set[str]]:
    return {same(source) for source, _ in splits[split]}, {same(t) for _, t in splits[split]}


def share_no_side(splits: dict[str, list[tuple[str, str]]]) -> bool:
    return all(
        not (one & other)
        for a, b in combinations(splits, 2)
        for one, other in zip(sides(splits, a), sides(splits, b), strict=True)
    )


@given(PAIRS, st.integers(0, 9), st.integers(0, 9))
def test_no_side_of_a_pair_stands_in_two_splits_and_no_pair_is_lost(pairs, validation, test):
    splits = split_pairs(pairs, validation=validation, test=test)
    assert share_no_side(splits)
    assert len(splits["validation"]) <= validation
    assert len(splits["test"]) <= test
    together = [(same(s), same(t)) for split in splits.values() for s, t in split]
    assert sorted(together) == sorted({(same(s), same(t)) for s, t in pairs})


@given(PAIRS, st.integers(0, 9))
def test_documents_stay_whole_and_training_gives_up_what_it_shares(pairs, n):
    documents = [i // 3 for i in range(len(pairs))]
    splits = split_pairs(pairs, validation=n, test=n, documents=documents)
    assert share_no_side(splits)
    home = dict(zip(reversed(pairs), reversed(documents), strict=True))  # where it first stood
    where = {home[pair]: split for split, held in splits.items() for pair in held if pair in home}
    for split, held in splits.items():
        assert {where[home[pair]] for pair in held} <= {split}


@given(PAIRS, PAIRS, PAIRS)
def test_published_splits_keep_their_test_whole(train, validation, test):
    splits = apart({"train": train, "validation": validation, "test": test})
    assert share_no_side(splits)
    assert splits["test"] == test
    assert set(splits["validation"]) <= set(validation)
    assert apart(splits) == splits


def test_all_wordings_of_one_thing_go_into_one_split() -> None:
    pairs = [(f"{way} {day}", str(day)) for day in range(30) for way in ("the", "on the", "day")]
    splits = split_pairs(pairs, validation=6, test=6)
    assert [len(splits[s]) for s in ("train", "validation", "test")] == [78, 6, 6]
    assert len(sides(splits, "validation")[1]) == 2


def test_pairs_tied_by_way_of_a_third_stay_together() -> None:
    tied = [("go", "va"), ("go", "allez"), ("leave", "allez")]
    for seed in range(9):
        splits = split_pairs([*tied, ("one", "un")], validation=1, test=0, seed=seed)
        assert splits["validation"] == [("one", "un")]
        assert sorted(splits["train"]) == sorted(tied)


def test_capitals_and_blanks_make_no_other_text() -> None:
    assert same(" Guten\u00a0Tag,  WELT ") == same("guten tag, welt")
    assert same("Straße") == same("STRASSE")
    pairs = [("Go on!", "Va !"), ("go  on!", "va !"), ("Stop.", "Arrête.")]
    splits = split_pairs(pairs, validation=0, test=0)
    assert sorted(splits["train"]) == [("Go on!", "Va !"), ("Stop.", "Arrête.")]


def test_pairs_are_split_alike_every_time() -> None:
    pairs = [(f"s{i}", f"t{i}") for i in range(40)]
    splits = split_pairs(pairs, validation=4, test=4)
    assert splits == split_pairs(pairs, validation=4, test=4)
    assert splits != split_pairs(pairs, validation=4, test=4, seed=7)
    assert [source for source, _ in splits["validation"]] == ["s32", "s39", "s7", "s18"]


@given(st.lists(st.sampled_from("abc"), max_size=80), st.floats(0, 0.2))
def test_each_class_has_its_share_everywhere_or_only_trains(labels: list[str], share: float):
    rows = [(str(i), label) for i, label in enumerate(labels)]
    splits = split_classes(rows, held_out=share)
    assert sorted(row for split in splits.values() for row in split) == sorted(rows)
    for label in set(labels):
        n = labels.count(label)
        train, validation, test = (
            [of for _, of in splits[split]].count(label)
            for split in ("train", "validation", "test")
        )
        assert validation == test == (max(1, round(share * n)) if n >= 5 else 0)
        assert train >= test


def test_of_a_labelled_text_the_text_alone_counts() -> None:
    splits = {"train": [("A", 1.0), ("b", 1.0)], "validation": [("a", 2.0)], "test": [("c", 1.0)]}
    assert apart(splits, sides=(0,)) == {**splits, "train": [("b", 1.0)]}
    assert apart(splits)["train"] == []


def test_what_validates_stands_as_it_is_and_shares_no_side_with_what_trains() -> None:
    held = [("A", "x"), ("A", "x"), ("b", "y")]
    rows = [("a", "1"), ("c", "X "), ("d", "z"), ("D", "z"), ("e", "z")]
    splits = beside(rows, held)
    assert splits["validation"] == held
    assert sorted(splits["train"]) == [("d", "z"), ("e", "z")]
    assert splits["test"] == []
    by_text = beside(rows, held, sides=(0,))
    assert sorted(by_text["train"]) == [("c", "X "), ("d", "z"), ("e", "z")]
