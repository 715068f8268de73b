import random

import pytest

from lm_core.runs.owners import is_owner, new_owner
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
    ["", "a", "x" * 15, "x" * 41, "../../etc/passwd......", "x" * 20 + "\n", "é" * 20, "x y" * 8],
)
def test_what_people_type_is_no_id(text: str) -> None:
    assert not is_owner(text)
