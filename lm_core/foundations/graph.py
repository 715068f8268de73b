"""An expression as a graph of numbers with names: built, walked backwards, and checked by nudging.

The nodes stand in a topological order, parents first, so that an edge leads from a smaller place
to a larger one.
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from lm_core.errors import BadText
from lm_core.foundations.autograd import Value
from lm_core.foundations.expressions import OF_FLOATS, OF_VALUES, Program

NUDGE = 1e-5  # up and down, in the check: an error of its square, and little rounding
NEAR = 1e-5  # relative difference up to which two slopes are the same


@dataclass(frozen=True, eq=False)
class Node:
    """One number of the graph."""

    name: str  # as typed; of others v1, v2 ..., of constants themselves; no two alike
    kind: str  # "leaf", "constant" or "operation"
    value: Value
    parents: tuple[int, ...]  # places of what it was made of


@dataclass(frozen=True, eq=False)
class Graph:
    """All numbers that the result was made of; it comes last."""

    program: Program
    leaves: Mapping[str, float]
    nodes: tuple[Node, ...]
    keys: tuple[str | int, ...] = field(repr=False)  # of each, for `Program.run`

    @property
    def edges(self) -> list[tuple[int, int]]:
        """(parent, child), one for each use."""
        return [(parent, n) for n, node in enumerate(self.nodes) for parent in node.parents]

    @property
    def unused(self) -> list[str]:
        """Leaves that the result does not need."""
        names = {node.name for node in self.nodes}
        return [name for name in self.leaves if name not in names]

    def back(self, steps: int) -> list[int]:
        """The places of the nodes that have handed their gradient on, after so many steps from the
        result; the gradients are as they stand then."""
        places = {id(node.value): n for n, node in enumerate(self.nodes)}
        walk = self.nodes[-1].value.steps_back()
        done = [places[id(next(walk))] for _ in range(min(steps, len(self.nodes)))]
        if not done:  # nothing is known but how the result changes with itself
            for node in self.nodes:
                node.value.grad = float(node is self.nodes[-1])
        return done

    def nudged(self, place: int, by: float = NUDGE) -> float:
        """How the result changes with one number, found without any rule: it is computed twice,
        with that number a little larger and a little smaller. NaN where that cannot be computed."""
        key = self.keys[place]

        def result(change: float) -> float:
            return self._computed(
                self.leaves, lambda one, number: number + change if one == key else number
            )

        return (result(by) - result(-by)) / (2 * by)

    def beside(self, by: float, names: Collection[str] | None = None) -> dict[str, float]:
        """All leaves after some (all of them when None) have gone `by` times their gradient, which
        must be known."""
        grads = {node.name: node.value.grad for node in self.nodes if node.kind == "leaf"}
        going = grads if names is None else names
        return {
            name: old + by * grads.get(name, 0.0) if name in going else old
            for name, old in self.leaves.items()
        }

    def moved(self, by: float, names: Collection[str] | None = None) -> float:
        """The result there; NaN where it has no value."""
        return self._computed(self.beside(by, names), lambda _, number: number)

    def _computed(
        self, leaves: Mapping[str, float], touch: Callable[[str | int, float], float]
    ) -> float:
        """With plain numbers; NaN where there is no value."""
        try:
            return float(self.program.run(leaves, float, OF_FLOATS, touch))
        except (ArithmeticError, ValueError, TypeError):  # the root of -1 is complex, and no float
            return math.nan


def build_graph(program: Program, leaves: Mapping[str, float]) -> Graph:
    """The graph of an expression, its gradients known.

    Raises:
        BadText: it has no value for these leaves, as 1/0 has none.
    """
    made: dict[int, str | int] = {}  # of each node by id, its key
    kept: list[Value] = []  # so that no id is given twice

    def touch(key: str | int, node: Value) -> Value:
        made.setdefault(id(node), key)
        kept.append(node)
        if not all(map(math.isfinite, (node.value, *node.slopes))):
            raise OverflowError
        return node

    given = {name: float(leaves[name]) for name in program.leaves}
    values = {name: Value(number) for name, number in given.items()}
    named: dict[int, str] = {id(value): name for name, value in values.items()}

    def called(name: str, value: Value) -> None:
        named.setdefault(id(value), name)

    try:
        result = program.run(values, Value, OF_VALUES, touch, called)
        result.backward()
        if not all(math.isfinite(node.grad) for node in kept):
            raise OverflowError
    except ZeroDivisionError:
        raise BadText("With these numbers something is divided by 0: give other numbers.") from None
    except (ArithmeticError, ValueError):
        raise BadText(
            "With these numbers a step has no value or no slope, or one too large: give other "
            "numbers (log needs one above 0)."
        ) from None
    order = result.order()
    places = {id(value): n for n, value in enumerate(order)}
    names = _names(order, named)
    nodes = [
        Node(
            name,
            _kind(value, values),
            value,
            tuple(places[id(parent)] for parent in value.parents),
        )
        for name, value in zip(names, order, strict=True)
    ]
    return Graph(program, given, tuple(nodes), tuple(made[id(value)] for value in order))


def _kind(value: Value, leaves: Mapping[str, Value]) -> str:
    if value.parents:
        return "operation"
    return "leaf" if any(value is leaf for leaf in leaves.values()) else "constant"


def _names(order: list[Value], named: Mapping[int, str]) -> list[str]:
    """What each is called, no two alike."""
    taken, found, count = set(named.values()), [], 0
    for value in order:
        name = named.get(id(value))
        if name is None and not value.parents:
            name, n = f"{value.value:g}", 1
            while name in found:
                n += 1
                name = f"{value.value:g}" + f" ({n})"
        while name is None:
            count += 1
            name = f"v{count}" if f"v{count}" not in taken else None
        found.append(name)
    return found
