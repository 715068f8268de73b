import random

import pytest

from lm_core.runs.owners import is_old_owner, is_owner, new_owner
from tests.chance import assert_drawn_by_chance


def test_ids_differ_and_have_the_form_of_ids() -> None:
    ids = []
    for _ in range(2):
        random.seed(0)
        ids += [new_owner() for _ in range(500)]
    assert_drawn_by_chance(ids)
    assert all(map(is_owner, ids))


@pytest.mark.parametrize(
    "text",
    [
        *["", "a", "x" * 15, "x" * 41, "../../etc/passwd......", "x y" * 8, None, ["x" * 22]],
        *["x" * 16 + "\n", "x" * 22 + "\n", "é" * 16, "é" * 22],
    ],
)
def test_what_people_type_is_no_id(text: object) -> None:
    assert not is_owner(text)
    assert not is_old_owner(text)


def test_an_id_of_an_address_is_none_of_a_browser() -> None:
    assert is_old_owner("awvDga_xxlxZU35e")
    assert not is_owner("awvDga_xxlxZU35e")
    assert not is_old_owner(new_owner())
