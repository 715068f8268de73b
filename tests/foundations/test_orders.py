"""Topological orders, right and wrong."""

import random
from graphlib import TopologicalSorter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.foundations.orders import broken, count_orders, draw_order, some_orders

DIAMOND = [(0, 1), (0, 2), (1, 3), (2, 3)]


def test_an_order_is_broken_by_an_edge_that_leads_back() -> None:
    assert broken(DIAMOND, [0, 1, 2, 3]) is None
    assert broken(DIAMOND, [0, 2, 1, 3]) is None
    assert broken(DIAMOND, [1, 0, 2, 3]) == (0, 1)
    assert count_orders(4, DIAMOND) == 2
    assert count_orders(3, []) == 6
    assert count_orders(17, []) is None


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    n = draw(st.integers(1, 6))
    pairs = [(u, v) for v in range(n) for u in range(v)]
    edges = draw(st.lists(st.sampled_from(pairs), max_size=8)) if pairs else []
    return n, edges


@given(graphs(), st.integers(0, 99))
def test_orders_that_are_drawn_are_orders_and_all_are_counted(graph: tuple, seed: int) -> None:
    n, edges = graph
    assert broken(edges, draw_order(n, edges, random.Random(seed))) is None
    every = [one for one in permutations(range(n)) if broken(edges, one) is None]
    assert count_orders(n, edges) == len(every)
    sorter = TopologicalSorter({v: {u for u, w in edges if w == v} for v in range(n)})
    assert broken(edges, list(sorter.static_order())) is None


@given(graphs(), st.integers(0, 99))
def test_a_quiz_knows_what_is_wrong(graph: tuple, seed: int) -> None:
    n, edges = graph
    offered = some_orders(n, edges, seed=seed)
    assert 1 <= len(offered) <= 4
    assert len({one.order for one in offered}) == len(offered)
    for one in offered:
        assert sorted(one.order) == list(range(n))
        assert one.broken == broken(edges, one.order)
    assert any(one.broken is None for one in offered)


@pytest.mark.parametrize("seed", range(5))
def test_a_quiz_of_the_course_has_both_kinds(seed: int) -> None:
    edges = [(0, 2), (1, 2), (2, 4), (3, 4), (4, 6), (5, 6)]
    offered = some_orders(7, edges, seed=seed)
    assert len(offered) == 4
    assert {one.broken is None for one in offered} == {True, False}
    assert offered == some_orders(7, edges, seed=seed)
