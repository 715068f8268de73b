"""What may be typed, and that everything else is one sentence."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadText
from lm_core.foundations.expressions import LONGEST, NODES, OF_FLOATS, read_program
from lm_core.foundations.graph import build_graph


def result(text: str, **leaves: float) -> float:
    return read_program(text).run(leaves, float, OF_FLOATS)


def test_it_computes_as_python_does() -> None:
    assert result("a*b + c", a=2, b=-3, c=10) == 4
    assert result("-x**2", x=3) == -9
    assert result("2 - 3 - 4/2*1e1") == -21
    assert result("relu(-1) + relu(2) + (-(+x))", x=1) == 1
    assert result("u = x*2\nu**2", x=3) == 36


def test_leaves_are_what_nothing_is_assigned_to() -> None:
    program = read_program("e = a*b; d = e + c; L = d*f")
    assert program.leaves == ("a", "b", "c", "f")
    assert program.result == "L"
    assert read_program("sin(6*x)").result == "result"
    assert read_program("k = 6; y = sin(k*x)").leaves == ("x",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Type an expression"),
        (" ; ", "Type an expression"),
        ("a +", "a bracket too few"),
        ("(a", "a bracket too few"),
        ("a b", "a bracket too few"),
        ("lambda", "a bracket too few"),
        ("a^2", "a power is written **"),
        ("__import__('os')", "“_” cannot be read at place 1"),
        ("a.b", "“.” cannot be read at place 2"),
        ("a[0]", "“[” cannot be read"),
        ("2x", "“2” cannot be read at place 1"),
        ("f(x)", "“f” is no function here"),
        ("exp(a, b)", "cannot be used here"),
        ("exp(a=b)", "cannot be used here"),
        ("exp + 1", "“exp” needs brackets"),
        ("exp = 1", "write a line as e = a*b"),
        ("a = b = c", "write a line as e = a*b"),
        ("a; b", "write a line as e = a*b"),
        ("a // b", "cannot be used here"),
        ("a, b", "cannot be used here"),
        ("a and b", "cannot be used here"),
        ("True", "cannot be used here"),
        ("x ** y", "After ** stands a plain number"),
        ("2 ** 3 ** 2", "After ** stands a plain number"),
        ("a = a + 1", "stands for two numbers"),
        ("e = d; d = e + 1", "stands for two numbers"),
        ("a = b; a = b", "stands for two numbers"),
        ("1e999", "too large"),
        ("abcdefghi", "at most 8 characters"),
        ("a+b+c+d+e+f+g+h+i", "at most 8"),
        ("+".join("x" * 30) + "+" + "+".join("x" * 30), "at most 40"),
        ("(" * 50 + "x" + ")" * 50, "too many brackets"),
        ("-" * 200 + "x", "too deep"),
        ("x" * (LONGEST + 1), "at most 300"),
        ("٣", "cannot be read"),
        ("x\0", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(text: str, said: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(BadText) as error:
            read_program(text)
    assert said in str(error.value)


TYPED = st.text() | st.text("abx12.+-*/()=; e,\n", max_size=60)
TYPED |= st.lists(st.sampled_from(["a", "b", "exp", "(", ")", "+", "**", "2", "=", ";", "-"])).map(
    "".join
)


@given(TYPED)
def test_whatever_is_typed_is_a_program_or_one_sentence(text: str) -> None:
    try:
        program = read_program(text)
    except BadText:
        return
    assert len(program.leaves) <= 8
    count = []
    leaves = dict.fromkeys(program.leaves, 0.5)
    try:
        program.run(leaves, float, OF_FLOATS, lambda key, node: count.append(key) or node)
    except (ArithmeticError, ValueError, TypeError):
        return
    assert len(count) == len(set(count)) <= NODES


@given(TYPED, st.lists(st.floats(-1000, 1000), min_size=8, max_size=8))
def test_whatever_is_typed_is_a_graph_or_one_sentence(text: str, numbers: list[float]) -> None:
    try:
        program = read_program(text)
        graph = build_graph(program, dict(zip(program.leaves, numbers, strict=False)))
    except BadText:
        return
    assert all(isinstance(graph.nudged(place), float) for place in range(len(graph.nodes)))
    assert isinstance(graph.moved(0.1), float)
