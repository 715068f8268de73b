"""A pupil's own list is measured by what the lab begins with, and gibberish does not pass."""

import pytest

from lm_core.bench import FILES, LONG, own_lists
from lm_core.bench.list_kinds import KINDS, items
from lm_core.bench.own_lists import measured, scrambled, share, trigrams
from lm_core.training import Budget


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_as_many_different_items_as_are_asked_for(kind: str) -> None:
    found = items(kind, 3000)
    assert len(set(found)) == len(found) == 3000
    assert found[:20] == items(kind, 20)
    assert all(item == item.strip() and len(item) > 1 for item in found)


def test_towns_have_accents() -> None:
    assert {"é", "É", "ç", "â", "-"} <= set("".join(items("towns", 300)))


def test_ends_of_an_item_count_as_letters() -> None:
    assert trigrams(["abc", "a"]) == {"\nab": 1, "abc": 1, "bc\n": 1, "\na\n": 1}
    assert share(["abd"], trigrams(["abc"])) == pytest.approx(1 / 3)
    assert share([], trigrams(["abc"])) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_items_of_the_kind_look_like_it_and_the_same_letters_at_random_do_not(kind: str) -> None:
    known = trigrams(items(kind, 5000, seed=1))
    other = items(kind, 200, seed=2)
    assert share(other, known) > 0.95
    assert share(scrambled(other, 0), known) < 0.25


def test_a_row_says_how_much_is_new_and_how_much_of_it_is_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert FILES["lists"] == "own_lists"
    assert "lists" in LONG
    monkeypatch.setattr(own_lists, "BUDGET", Budget(steps=2))
    monkeypatch.setattr(own_lists, "WRITTEN", 10)
    new, alike = measured("towns", 20, family="lstm")
    assert (new.name, alike.name) == ("lists_towns_20_new", "lists_towns_20_alike")
    assert new.settings["begins_with"] == "names"
    assert new.value == 100  # after two steps nothing is known by heart
    assert 0 <= alike.settings["letters_at_random"] < 25
