"""An automatic gradient: numbers that remember what they were made of.

    c = a * b     remembers its parents, a and b, and its slope along each: dc/da = b, dc/db = a
    backward      from the result to the leaves:   parent.grad += slope * child.grad

That is the chain rule, and all of it. The sum matters: a number that is used twice gets what comes
back along both ways (`x + x` has the gradient 2), where a plain `=` would keep only the last.
The form is that of micrograd (Karpathy 2020); slopes are kept as numbers here, so that a walk
backwards can be stopped and looked at between any two nodes.

Left out on purpose: tensors, gradients of gradients, anything in place.
"""

import math
from collections.abc import Iterator
from functools import total_ordering


@total_ordering
class Value:
    """A number, what it was made of, and in `grad` how the result changes with it.

    Args:
        value: the number itself.
        op: what made it; "" for a leaf.
        parents: what it was made of.
        slopes: how it changes with each of them, by itself.
    """

    def __init__(
        self,
        value: float,
        op: str = "",
        parents: tuple["Value", ...] = (),
        slopes: tuple[float, ...] = (),
    ) -> None:
        self.value = float(value)
        self.grad = 0.0
        self.op, self.parents, self.slopes = op, parents, slopes

    def __repr__(self) -> str:
        return f"Value(value={self.value:g}, grad={self.grad:g})"

    def __float__(self) -> float:
        return self.value

    # Arithmetic: what comes out, and its slope along each parent ---------------------------------

    def __add__(self, other: "Value | float") -> "Value":
        other = as_value(other)
        return Value(self.value + other.value, "+", (self, other), (1.0, 1.0))

    def __sub__(self, other: "Value | float") -> "Value":
        other = as_value(other)
        return Value(self.value - other.value, "-", (self, other), (1.0, -1.0))

    def __mul__(self, other: "Value | float") -> "Value":
        other = as_value(other)
        return Value(self.value * other.value, "*", (self, other), (other.value, self.value))

    def __truediv__(self, other: "Value | float") -> "Value":
        other = as_value(other)
        made = self.value / other.value
        return Value(made, "/", (self, other), (1 / other.value, -made / other.value))

    def __pow__(self, n: float) -> "Value":
        """To the power of a plain number."""
        slope = n * math.pow(self.value, n - 1) if n else 0.0
        return Value(math.pow(self.value, n), f"** {n:g}", (self,), (slope,))

    def __neg__(self) -> "Value":
        return Value(-self.value, "neg", (self,), (-1.0,))

    def __radd__(self, other: float) -> "Value":
        return as_value(other) + self

    def __rsub__(self, other: float) -> "Value":
        return as_value(other) - self

    def __rmul__(self, other: float) -> "Value":
        return as_value(other) * self

    def __rtruediv__(self, other: float) -> "Value":
        return as_value(other) / self

    # Functions of one number ----------------------------------------------------------------------

    def exp(self) -> "Value":
        made = math.exp(self.value)
        return Value(made, "exp", (self,), (made,))

    def log(self) -> "Value":
        return Value(math.log(self.value), "log", (self,), (1 / self.value,))

    def sin(self) -> "Value":
        return Value(math.sin(self.value), "sin", (self,), (math.cos(self.value),))

    def cos(self) -> "Value":
        return Value(math.cos(self.value), "cos", (self,), (-math.sin(self.value),))

    def tanh(self) -> "Value":
        made = math.tanh(self.value)
        return Value(made, "tanh", (self,), (1 - made**2,))

    def sigmoid(self) -> "Value":
        made = sigmoid(self.value)
        return Value(made, "sigmoid", (self,), (made * (1 - made),))

    def relu(self) -> "Value":
        on = self.value > 0
        return Value(self.value if on else 0.0, "relu", (self,), (float(on),))

    # Comparisons, by the number alone (so a Value is no key of a dictionary) ----------------------

    def __eq__(self, other: object) -> bool:
        return self.value == float(other) if isinstance(other, Value | int | float) else False

    def __lt__(self, other: "Value | float") -> bool:
        return self.value < float(other)

    # The way back ---------------------------------------------------------------------------------

    def order(self) -> list["Value"]:
        """All that this was made of, and itself: parents first, which is a topological order."""
        found, seen, waiting = [], set(), [(self, False)]
        while waiting:
            node, ready = waiting.pop()
            if ready:  # all of its parents have been found
                found.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                waiting.append((node, True))
                waiting += [(parent, False) for parent in reversed(node.parents)]
        return found

    def steps_back(self) -> Iterator["Value"]:
        """Each node after it has handed its gradient on to its parents: from this one to the
        leaves. A node's turn comes when all that was made of it has had its own."""
        order = self.order()
        for node in order:
            node.grad = 0.0
        self.grad = 1.0  # how the result changes with itself
        for node in reversed(order):
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad += slope * node.grad
            yield node

    def backward(self) -> None:
        """Give each node that this was made of its gradient."""
        for _ in self.steps_back():
            pass


def as_value(number: "Value | float") -> Value:
    """The node itself, or a leaf of a plain number."""
    return number if isinstance(number, Value) else Value(number)


def sigmoid(x: float) -> float:
    """1 / (1 + e^-x), also where e^-x is too large for a float."""
    return 0.5 * (1 + math.tanh(x / 2))
