"""The tree of continuations gives every one of them back, and shares what can be shared."""

from hypothesis import given
from hypothesis import strategies as st

from lm_core.generation.branches import Limb, limbs

ROWS = st.lists(st.lists(st.integers(0, 2), max_size=8), max_size=8)


@given(ROWS)
def test_every_row_is_read_along_its_limbs(rows: list[list[int]]) -> None:
    tree = limbs(rows)
    for k, row in enumerate(rows):
        read = [id for limb in tree if k in limb.rows for id in row[limb.start : limb.stop]]
        assert read == row
        assert sum(k in limb.ends for limb in tree) == 1
    for limb in tree:
        assert len({tuple(rows[k][limb.start : limb.stop]) for k in limb.rows}) == 1
        children = [one for one in tree if one.parent is not None and tree[one.parent] is limb]
        firsts = [rows[one.rows[0]][one.start] for one in children]
        assert len(set(firsts)) == len(firsts)  # else they would share it
        assert len(children) != 1 or limb.ends
        assert all(one.start == limb.stop for one in children)


def test_what_the_drawing_above_shows() -> None:
    assert limbs([[1, 2, 3], [1, 2, 4], [1, 5]]) == [
        Limb(None, 0, 1, (0, 1, 2), ()),
        Limb(0, 1, 2, (0, 1), ()),
        Limb(1, 2, 3, (0,), (0,)),
        Limb(1, 2, 3, (1,), (1,)),
        Limb(0, 1, 2, (2,), (2,)),
    ]
    assert limbs([]) == []
