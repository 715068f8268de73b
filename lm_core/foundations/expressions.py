"""Expressions as a person types them, read strictly: `e = a*b; L = tanh(e + c)`.

Python's own reader makes a tree of the text, and only what is named here may stand in it; nothing
is ever executed. The same tree is then computed with whatever numbers are given: floats, a `Value`
that remembers what it was made of, or tensors, against which the tests hold it.
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from lm_core.errors import BadText
from lm_core.foundations.autograd import Value, sigmoid

T = TypeVar("T")

LONGEST, NODES, DEEPEST, LEAVES = 300, 40, 40, 8  # characters, nodes, levels, names without a value
NAME, LARGEST = 8, 1e6  # characters of a name; of a number that is typed
TOKEN = re.compile(
    r"\s+|(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<number>(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?(?![\w.]))"
    r"|\*\*|[-+*/(),=;]"
)
OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
FUNCTIONS = ("exp", "log", "sin", "cos", "tanh", "sigmoid", "relu")
OF_VALUES = {name: getattr(Value, name) for name in FUNCTIONS}
OF_FLOATS: dict[str, Callable[[float], float]] = {
    **{name: getattr(math, name) for name in FUNCTIONS[:5]},
    "sigmoid": sigmoid,
    "relu": lambda x: max(x, 0.0),
}


@dataclass(frozen=True)
class Program:
    """Lines `name = expression` in their order; the last one is the result.

    `leaves` are the names that nothing is assigned to, as they come in the text.
    """

    lines: tuple[tuple[str, ast.expr], ...]
    leaves: tuple[str, ...]

    def run(
        self,
        leaves: Mapping[str, T],
        number: Callable[[float], T],
        functions: Mapping[str, Callable[[T], T]],
        touch: Callable[[str | int, T], T] = lambda _, node: node,
        called: Callable[[str, T], object] = lambda name, node: None,
    ) -> T:
        """Compute it, line after line.

        Args:
            leaves: a number for each leaf.
            number: makes one of a constant of the text.
            functions: what each of FUNCTIONS does.
            touch: is given each node with its key, which is the leaf's name or a count of the
                others in the order of their computing, and gives the node to go on with.
            called: is told what each line's name stands for.
        """
        known = {name: touch(name, leaves[name]) for name in self.leaves}
        count = iter(range(10 * NODES))

        def computed(tree: ast.expr) -> T:
            match tree:
                case ast.Name(id=name):
                    return known[name]
                case ast.Constant(value=constant):
                    return touch(next(count), number(float(constant)))
                case ast.BinOp(left=left, op=ast.Pow(), right=power):
                    made = computed(left) ** _plain(power)
                case ast.BinOp(left=left, op=op, right=right):
                    made = OPERATORS[type(op)](computed(left), computed(right))
                case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=constant)):
                    made = number(-float(constant))
                case ast.UnaryOp(op=ast.USub(), operand=operand):
                    made = -computed(operand)
                case ast.UnaryOp(operand=operand):
                    return computed(operand)
                case ast.Call(func=ast.Name(id=name), args=[inner]):
                    made = functions[name](computed(inner))
            return touch(next(count), made)

        for name, tree in self.lines:
            known[name] = computed(tree)
            called(name, known[name])
        return known[self.lines[-1][0]]

    @property
    def result(self) -> str:
        """What the last line is called."""
        return self.lines[-1][0]


def read_program(text: str) -> Program:
    """Read what was typed; a last line without a name is called `result`.

    Raises:
        BadText: it holds a sign, a name or a form that is not among those known here, or too much.
    """
    lines = [line for line in re.split(r"[;\n]", _checked(text)) if line.strip()]
    if not lines:
        raise BadText("Type an expression, such as a*b + c.")
    read = [_line(line, last=line is lines[-1]) for line in lines]
    given: set[str] = set()
    leaves: list[str] = []
    for name, tree in read:
        for used in _names(tree):
            if used not in given and used not in leaves:
                leaves.append(used)
        if name in leaves or name in given:
            raise BadText(
                f"“{name}” stands for two numbers: give each name once, before it is used."
            )
        given.add(name)
    if len(leaves) > LEAVES:
        raise BadText(f"These are {len(leaves)} leaves: use at most {LEAVES}.")
    nodes = len(leaves) + sum(_counted(tree) for _, tree in read)
    if nodes > NODES:
        raise BadText(f"This graph has {nodes} nodes: write one of at most {NODES}.")
    return Program(tuple(read), tuple(leaves))


def _checked(text: str) -> str:
    """The text, if it is short enough and made of tokens that are known."""
    if len(text) > LONGEST:
        raise BadText(f"This has {len(text):,} characters: write at most {LONGEST}.")
    at = 0
    while at < len(text):
        token = TOKEN.match(text, at)
        if token is None:
            hint = "; a power is written **" if text[at] == "^" else ""
            raise BadText(f"“{text[at]}” cannot be read at place {at + 1}{hint}.")
        if token["name"] and len(token["name"]) > NAME:
            raise BadText(f"The name “{token['name']}” is long: use at most {NAME} characters.")
        if token["number"] and float(token["number"]) > LARGEST:
            raise BadText(f"“{token['number']}” is too large: use numbers up to {LARGEST:,.0f}.")
        at = token.end()
    if text.count("(") > DEEPEST:
        raise BadText(f"There are too many brackets: use at most {DEEPEST}.")
    return text


def _line(line: str, *, last: bool) -> tuple[str, ast.expr]:
    """A name and what it stands for."""
    try:
        match ast.parse(line.strip()).body:
            case [ast.Assign(targets=[ast.Name(id=name)], value=tree)] if name not in FUNCTIONS:
                pass
            case [ast.Expr(value=tree)] if last:
                name = "result"
            case _:
                raise BadText(f"“{line.strip()}” cannot be read: write a line as e = a*b.")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise BadText(
            f"“{line.strip()}” cannot be read: look for a sign or a bracket too few."
        ) from None
    _allow(tree, DEEPEST)
    return name, tree


def _allow(tree: ast.expr, levels: int) -> None:
    """Raises BadText at the first thing that is not known here."""
    if levels < 0:
        raise BadText(f"This goes too deep: nest at most {DEEPEST} levels.")
    match tree:
        case ast.Name(id=name):
            if name in FUNCTIONS:
                raise BadText(f"“{name}” needs brackets: {name}(x).")
        case ast.Constant(value=int() | float() as n) if not isinstance(n, bool):
            pass
        case ast.BinOp(left=left, op=ast.Pow(), right=power):
            _plain(power)
            _allow(left, levels - 1)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            _allow(left, levels - 1)
            _allow(right, levels - 1)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            _allow(operand, levels - 1)
        case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]):
            if name not in FUNCTIONS:
                known = ", ".join(FUNCTIONS)
                raise BadText(f"“{name}” is no function here: use one of {known}.")
            _allow(inner, levels - 1)
        case _:
            raise BadText(
                f"“{ast.unparse(tree)}” cannot be used here: there are + - * / **, brackets, and "
                "functions of one number."
            )


def _plain(power: ast.expr) -> float:
    """The number after `**`."""
    match power:
        case ast.Constant(value=int() | float() as n):
            return float(n)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as n)):
            return -float(n)
    raise BadText("After ** stands a plain number, as in x**2.")


def _names(tree: ast.expr) -> Iterator[str]:
    """The numbers that are used, from left to right."""
    match tree:
        case ast.Name(id=name):
            yield name
        case ast.BinOp(left=left, right=right):
            yield from _names(left)
            yield from _names(right)
        case ast.UnaryOp(operand=inner) | ast.Call(args=[inner]):
            yield from _names(inner)


def _counted(tree: ast.expr) -> int:
    """How many nodes it adds to the graph."""
    match tree:
        case ast.BinOp(left=left, op=ast.Pow()):
            return 1 + _counted(left)
        case ast.BinOp(left=left, right=right):
            return 1 + _counted(left) + _counted(right)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()) | ast.Constant():
            return 1
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _counted(inner)
        case ast.UnaryOp(operand=inner) | ast.Call(args=[inner]):
            return 1 + _counted(inner)
    return 0
