"""Topological orders: of each edge (u, v), u comes before v. Checked, drawn, counted, asked for."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

Edges = Sequence[tuple[int, int]]
COUNTED = 16  # nodes up to which all orders are counted
TRIES = 60  # to find another order


@dataclass(frozen=True)
class Offered:
    """An order of a quiz, and the first edge that it breaks; None where it is one."""

    order: tuple[int, ...]
    broken: tuple[int, int] | None


def broken(edges: Edges, order: Sequence[int]) -> tuple[int, int] | None:
    """The first edge whose end comes before its beginning; None where the order is topological."""
    place = {node: n for n, node in enumerate(order)}
    return next(((u, v) for u, v in edges if place[u] >= place[v]), None)


def draw_order(n: int, edges: Edges, rng: random.Random) -> tuple[int, ...]:
    """An order, drawn node by node among those that wait for none (Kahn 1962)."""
    before = {v: {u for u, w in edges if w == v} for v in range(n)}
    order: list[int] = []
    while len(order) < n:
        ready = [v for v in range(n) if v not in order and before[v] <= set(order)]
        order.append(rng.choice(ready))
    return tuple(order)


def some_orders(n: int, edges: Edges, *, seed: int, wanted: int = 4) -> list[Offered]:
    """Different sequences of all nodes, of which some are topological orders and some are not;
    fewer where the graph has no more.

    A wrong one is a right one in which a node was put before one that it is made of.
    """
    rng = random.Random(seed)
    right = rng.randint(1, max(1, wanted - 1))
    found: dict[tuple[int, ...], Offered] = {}
    for _ in range(TRIES):
        order = draw_order(n, edges, rng)
        if len(found) < right or not edges:
            found.setdefault(order, Offered(order, None))
        else:
            u, v = rng.choice(list(edges))
            rest = [node for node in order if node != v]
            rest.insert(rest.index(u), v)
            wrong = tuple(rest)
            found.setdefault(wrong, Offered(wrong, broken(edges, wrong)))
        if len(found) == wanted:
            break
        if len(found) < right and _ == TRIES // 2:
            right = len(found)  # there are no more
    offered = list(found.values())
    rng.shuffle(offered)
    return offered


def count_orders(n: int, edges: Edges) -> int | None:
    """How many topological orders there are; None of a graph too large to count."""
    if n > COUNTED:
        return None
    before = [sum(1 << u for u in {u for u, w in edges if w == v}) for v in range(n)]

    @cache
    def after(done: int) -> int:
        if done == (1 << n) - 1:
            return 1
        ready = (v for v in range(n) if not done >> v & 1 and before[v] & ~done == 0)
        return sum(after(done | 1 << v) for v in ready)

    return after(0)
