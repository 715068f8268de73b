"""Formulas in single letters, written as Python has them: their numbers, and how one reads them.

    value("4*C*C + V", {"C": 8, "V": 65})     # 321
    readable("L*(4*C*C + 8*C*C)")             # "12 L C²"

They are constants of this program; nothing is known to them but letters, numbers and `max`.
"""

import ast
import operator
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from functools import cache

ORDER = "LgnVUHGTSEC"  # in which the letters of a product stand
ABOVE = str.maketrans("0123456789L", "⁰¹²³⁴⁵⁶⁷⁸⁹ᴸ")

SIGNS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}

# A sum of products: of each product its letters with their exponents, and the number before it.
Letters = tuple[tuple[str, int], ...]
Sum = dict[Letters, Fraction]


def value(formula: str, letters: Mapping[str, int]) -> int:
    """The number that a formula gives, rounded down; 0 of ""."""
    return int(_number(_parsed(formula), letters)) if formula else 0


def renamed(formula: str, other: Mapping[str, str]) -> str:
    """A formula with other letters."""
    if not formula:
        return ""
    tree = ast.parse(formula, mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = other.get(node.id, node.id)
    return ast.unparse(tree)


def readable(formula: str) -> str:
    """Multiplied out, and as one writes it by hand: "4*C*C" is "4 C²"."""
    if not formula:
        return ""
    products = _expanded(_parsed(formula))
    found = sorted(products.items(), key=lambda one: (-sum(e for _, e in one[0]), _place(one[0])))
    written = ""
    for letters, number in found:
        if number:
            sign = " − " if number < 0 else " + "
            written += (sign if written or number < 0 else "") + _product(letters, abs(number))
    return written.lstrip() or "0"


@cache
def _parsed(formula: str) -> ast.expr:
    return ast.parse(formula, mode="eval").body


def _number(node: ast.expr, letters: Mapping[str, int]) -> float:
    match node:
        case ast.Constant(value=number):
            return number
        case ast.Name(id=name):
            return letters[name]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_number(inner, letters)
        case ast.BinOp(left=left, op=sign, right=right):
            return SIGNS[type(sign)](_number(left, letters), _number(right, letters))
        case ast.Call(func=ast.Name(id="max"), args=args):
            return max(_number(each, letters) for each in args)
    raise ValueError(f"no part of a formula: {ast.unparse(node)}")


def _expanded(node: ast.expr) -> Sum:
    match node:
        case ast.Constant(value=number):
            return {(): Fraction(str(number))}
        case ast.Name(id=name):
            return {((name, 1),): Fraction(1)}
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _added(_expanded(left), _expanded(right), 1)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _added(_expanded(left), _expanded(right), -1)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _multiplied(_expanded(left), _expanded(right))
        case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant(value=number)):
            return _multiplied(_expanded(left), {(): 1 / Fraction(number)})
        case ast.BinOp(left=left, op=ast.Div(), right=ast.Name(id=name)):
            return _multiplied(_expanded(left), {((name, -1),): Fraction(1)})
        case ast.BinOp(left=left, op=ast.FloorDiv(), right=right):
            named = f"({readable(ast.unparse(left))} / {ast.unparse(right)})"
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            named = ast.unparse(left) + ast.unparse(right).translate(ABOVE)
        case _:  # the larger of two
            named = ast.unparse(node)
    return {((named, 1),): Fraction(1)}


def _added(first: Sum, second: Sum, sign: int) -> Sum:
    return {
        letters: first.get(letters, 0) + sign * second.get(letters, 0)
        for letters in {**first, **second}
    }


def _multiplied(first: Sum, second: Sum) -> Sum:
    found: Counter[Letters] = Counter()
    for one, a in first.items():
        for other, b in second.items():
            exponents = Counter(dict(one))
            exponents.update(dict(other))
            letters = sorted((n, e) for n, e in exponents.items() if e)
            found[tuple(sorted(letters, key=lambda x: _place((x,))))] += a * b
    return dict(found)


def _place(letters: Letters) -> list[tuple[int, str]]:
    """Where a product stands among others."""
    first = ((ORDER.find(name[0]), name) for name, _ in letters)
    return [(at if at >= 0 else len(ORDER), name) for at, name in first]


def _product(letters: Letters, number: Fraction) -> str:
    above = [_power(name, e) for name, e in letters if e > 0]
    below = [_power(name, -e) for name, e in letters if e < 0]
    shown = f"{float(number):g}"
    front = [] if number == 1 and above else [shown]
    return " ".join([*front, *above]) + (f" / {' '.join(below)}" if below else "")


def _power(name: str, exponent: int) -> str:
    return name + (str(exponent).translate(ABOVE) if exponent > 1 else "")
