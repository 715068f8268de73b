"""Two shapes, and the shape of what comes out: broadcasting, and the cases of a matrix product.

    (10, 3, 4) + (4)        sizes stand under each other from the right; 1 or nothing is repeated
    (10, 3, 4) @ (4, 5)     the last size of a must be the last but one of b; it is summed away

The rules are those of NumPy and PyTorch ("Broadcasting semantics", `torch.matmul`).
"""

import math
import re
from dataclasses import dataclass
from itertools import zip_longest

from lm_core.errors import BadText

Shape = tuple[int, ...]

MOST, LARGEST = 6, 10_000  # sizes in a shape; a size
SMALL = 1_000_000  # numbers


@dataclass(frozen=True)
class Place:
    """One size of each, under each other; None where one has fewer of them."""

    a: int | None
    b: int | None

    @property
    def result(self) -> int | None:
        """What comes out; None where the two clash."""
        a, b = (1 if size is None else size for size in (self.a, self.b))
        return b if a == 1 else a if b in (1, a) else None

    @property
    def how(self) -> str:
        """same, a (is repeated), b (is repeated), clash."""
        if self.result is None:
            return "clash"
        if self.a == self.b:
            return "same"
        return "a" if self.a in (1, None) else "b"


@dataclass(frozen=True)
class Outcome:
    """What two shapes give.

    Attributes:
        places: of the sizes that are broadcast, left to right.
        summed: of a matrix product, the size along which is multiplied and added: (of a, of b).
        kept: of a matrix product, the sizes that stay of the matrices: (rows of a, columns of b),
            None where that one is a vector.
        case: what kind of product it is.
        shape: what comes out; None where it is an error.
    """

    places: tuple[Place, ...]
    summed: tuple[int, int] | None
    kept: tuple[int | None, int | None] | None
    case: str
    shape: Shape | None


def read_shape(text: str) -> Shape:
    """ "10, 3, 4", "(10, 3, 4)" or "10 3 4" -> (10, 3, 4); "()" or "" is a single number.

    Raises:
        BadText: it is no shape.
    """
    inner = text.strip().strip("()[]").strip()
    sizes = [one for one in re.split(r"[\s,x×]+", inner) if one]
    if not all(re.fullmatch("[0-9]{1,6}", one) for one in sizes):
        raise BadText("Write a shape as whole numbers with commas between them, such as 10, 3, 4.")
    shape = tuple(map(int, sizes))
    if len(shape) > MOST or any(not 1 <= size <= LARGEST for size in shape):
        raise BadText(f"A shape here has at most {MOST} sizes, each from 1 to {LARGEST:,}.")
    return shape


def written(shape: Shape) -> str:
    """(10, 3), and (3) for what Python writes (3,)."""
    return f"({', '.join(map(str, shape))})"


def broadcast(a: Shape, b: Shape) -> Outcome:
    """Element by element, as + and * do it."""
    places = _places(a, b)
    return Outcome(places, None, None, "element by element", _shape(places))


def matmul(a: Shape, b: Shape) -> Outcome:
    """The matrix product, as `torch.matmul` and @ do it."""
    if not a or not b:
        return Outcome((), None, None, "a number is no matrix", None)
    summed = (a[-1], b[-2] if len(b) > 1 else b[0])
    kept = (a[-2] if len(a) > 1 else None, b[-1] if len(b) > 1 else None)
    places = _places(a[:-2], b[:-2])
    front = _shape(places)
    fits = front is not None and summed[0] == summed[1]
    shape = front + tuple(size for size in kept if size is not None) if fits else None
    return Outcome(places, summed, kept, case_of(a, b), shape)


def case_of(a: Shape, b: Shape) -> str:
    """Which of the cases a product is."""
    kinds = tuple("vector" if len(s) == 1 else "matrix" if len(s) == 2 else "batch" for s in (a, b))
    match kinds:
        case ("vector", "vector"):
            return "vector times vector: one number"
        case ("matrix", "vector"):
            return "matrix times vector"
        case ("vector", "matrix"):
            return "vector times matrix"
        case ("batch", "vector"):
            return "batch of matrices times one vector"
        case ("vector", "batch"):
            return "one vector times batch of matrices"
        case ("batch", "batch"):
            return "batch of matrices times batch of matrices"
        case ("batch", "matrix"):
            return "batch of matrices times one matrix"
        case ("matrix", "batch"):
            return "one matrix times batch of matrices"
    return "matrix times matrix"


def outcome(operation: str, a: Shape, b: Shape) -> Outcome:
    """Of "add", "multiply" or "matmul"."""
    return matmul(a, b) if operation == "matmul" else broadcast(a, b)


def torch_error(operation: str, a: Shape, b: Shape) -> str:
    """What PyTorch itself says of two shapes that do not fit; "" where they do.

    Large tensors are one zero that is looked at many times, so nothing large is made; where the
    shapes fit nothing is computed at all.
    """
    import torch

    if outcome(operation, a, b).shape is not None:
        return ""
    small = max(math.prod(a), math.prod(b)) <= SMALL
    one, other = (torch.zeros(s) if small else torch.zeros(()).expand(s) for s in (a, b))
    try:
        {"add": torch.add, "multiply": torch.mul, "matmul": torch.matmul}[operation](one, other)
    except RuntimeError as error:
        return str(error)
    return ""


def _places(a: Shape, b: Shape) -> tuple[Place, ...]:
    pairs = list(zip_longest(reversed(a), reversed(b)))
    return tuple(Place(one, other) for one, other in reversed(pairs))


def _shape(places: tuple[Place, ...]) -> Shape | None:
    sizes = [place.result for place in places]
    return None if None in sizes else tuple(size for size in sizes if size is not None)
