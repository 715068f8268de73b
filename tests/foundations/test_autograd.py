"""Our automatic gradient: the course's numbers, the rules one by one, and torch on random
expressions."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadText
from lm_core.foundations.autograd import Value, as_value
from lm_core.foundations.expressions import FUNCTIONS, OF_VALUES, read_program
from lm_core.foundations.graph import build_graph

COURSE = "e = a*b; d = e + c; L = d*f"
OF_TENSORS = {name: getattr(torch, name) for name in FUNCTIONS}


def grads(text: str, **leaves: float) -> dict[str, float]:
    return {node.name: node.value.grad for node in build_graph(read_program(text), leaves).nodes}


# The course's numbers -----------------------------------------------------------------------------


def test_the_graph_of_week_2() -> None:
    found = grads(COURSE, a=2, b=-3, c=10, f=-2)
    assert found == {"L": 1, "d": -2, "f": 4, "e": -2, "c": -2, "a": 6, "b": -4}
    graph = build_graph(read_program(COURSE), {"a": 2, "b": -3, "c": 10, "f": -2})
    assert graph.nodes[-1].value == -8
    assert graph.moved(0.01) == pytest.approx(-7.286496)  # with the gradient, so that it grows


def test_the_graph_of_the_next_edition() -> None:
    found = grads(COURSE, a=2, b=-3, c=10, f=5)
    assert found == {"L": 1, "d": 5, "f": 4, "e": 5, "c": 5, "a": -15, "b": 10}


def test_a_neuron_with_tanh() -> None:
    text = "n = x1*w1 + x2*w2 + b; o = tanh(n)"
    leaves = {"x1": 2, "x2": 0, "w1": -3, "w2": 1, "b": 6.8813735870195432}
    found = grads(text, **leaves)
    assert [found[name] for name in ("x1", "w1", "x2", "w2")] == pytest.approx([-1.5, 1, 0.5, 0])


def test_the_chain_of_a_sine() -> None:
    for x in (0.0, 0.3, 2.0):
        assert grads("sin(6*x)", x=x)["x"] == pytest.approx(6 * math.cos(6 * x))


def test_a_number_that_is_used_twice_gets_both_gradients() -> None:
    """The course's rules assign; they have to add."""
    x = Value(3.0)
    (x + x).backward()
    assert x.grad == 2
    (x * x).backward()
    assert x.grad == 6  # and begins at 0 anew


def test_arithmetic_is_that_of_numbers_on_either_side() -> None:
    x = Value(4.0)
    made = [x + 1, 1 + x, x - 1, 1 - x, x * 2, 2 * x, x / 2, 2 / x, x**2, -x]
    assert [one.value for one in made] == [5, 5, 3, -3, 8, 8, 2, 0.5, 16, -4]
    assert repr(Value(2.0) + Value(-3.0)) == "Value(value=-1, grad=0)"
    made = Value(2) * Value(-3) + Value(10)
    assert (made.op, made.value) == ("+", 4)
    assert [parent.value for parent in made.parents] == [-6, 10]


def test_values_are_compared_by_their_number() -> None:
    assert Value(1) < Value(2) <= 2.0 < Value(3)
    assert Value(2) == 2 != Value(3)
    assert Value(2) >= 1
    assert sorted([Value(2), Value(1)])[0] == Value(1)
    assert Value(1) != "1"
    with pytest.raises(TypeError, match="unhashable"):
        {Value(1)}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("x", [0.3, 2.0])
def test_each_function_has_the_slope_of_torch(name: str, x: float) -> None:
    ours = OF_VALUES[name](leaf := Value(x))
    ours.backward()
    theirs = OF_TENSORS[name](tensor := torch.tensor(x, dtype=torch.float64, requires_grad=True))
    theirs.backward()
    assert ours.value == pytest.approx(theirs.item(), rel=1e-12)
    assert leaf.grad == pytest.approx(tensor.grad.item(), rel=1e-12)


def test_at_its_corner_relu_has_the_slope_0_as_in_torch() -> None:
    Value(0.0).relu().backward()
    (leaf := Value(0.0)).relu().backward()
    assert leaf.grad == 0


def test_tanh_and_sigmoid_by_their_identities() -> None:
    for x in (-3.0, -0.5, 0.0, 1.2, 400.0):
        assert Value(x).tanh().value == pytest.approx(2 * Value(2 * x).sigmoid().value - 1)
    assert Value(0).sigmoid() == 0.5
    assert Value(-800).sigmoid() == 0


def test_a_long_chain_needs_no_deep_stack() -> None:
    made = x = Value(1.0)
    for _ in range(5_000):
        made = made + x
    made.backward()
    assert x.grad == 5_001


# Against torch, on random expressions -------------------------------------------------------------


def expressions() -> st.SearchStrategy[str]:
    """Of three leaves, as text."""
    leaves = st.sampled_from(["a", "b", "c", "2", "0.5"])

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        pair = st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({' '.join(t)})")
        function = st.tuples(st.sampled_from(FUNCTIONS), inner).map(lambda t: f"{t[0]}({t[1]})")
        power = st.tuples(inner, st.sampled_from(["2", "3", "-1", "0"])).map(
            lambda t: f"({t[0]})**{t[1]}"
        )
        return pair | function | power | inner.map(lambda one: f"(-{one})")

    return st.recursive(leaves, larger, max_leaves=8)


@given(expressions(), st.lists(st.floats(-3, 3), min_size=3, max_size=3))
def test_random_expressions_have_the_gradients_of_torch(text: str, numbers: list[float]) -> None:
    given = dict(zip("abc", numbers, strict=True))
    try:
        program = read_program(text)
        graph = build_graph(program, {name: given[name] for name in program.leaves})
    except BadText:
        return  # too large, or without a value
    tensors = {
        name: torch.tensor(given[name], dtype=torch.float64, requires_grad=True)
        for name in program.leaves
    }
    theirs = program.run(tensors, lambda x: torch.tensor(x, dtype=torch.float64), OF_TENSORS)
    assert graph.nodes[-1].value.value == pytest.approx(theirs.item(), rel=1e-9, abs=1e-9)
    if not theirs.requires_grad:
        return
    theirs.backward()
    for node in graph.nodes:
        if node.kind == "leaf":
            grad = tensors[node.name].grad
            expected = 0.0 if grad is None else grad.item()
            assert node.value.grad == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(expressions(), st.lists(st.floats(-2, 2), min_size=3, max_size=3))
def test_every_order_puts_parents_first(text: str, numbers: list[float]) -> None:
    try:
        program = read_program(text)
        graph = build_graph(program, dict(zip("abc", numbers, strict=True)))
    except BadText:
        return
    assert all(u < v for u, v in graph.edges)
    assert len({node.name for node in graph.nodes}) == len(graph.nodes)


# The walk, and the check --------------------------------------------------------------------------


def test_the_walk_can_be_stopped_anywhere() -> None:
    graph = build_graph(read_program(COURSE), {"a": 2, "b": -3, "c": 10, "f": -2})
    names = [node.name for node in graph.nodes]

    def known() -> dict[str, float]:
        return {node.name: node.value.grad for node in graph.nodes if node.value.grad}

    assert graph.back(0) == []
    assert known() == {"L": 1}
    assert [names[n] for n in graph.back(1)] == ["L"]
    assert known() == {"L": 1, "d": -2, "f": 4}
    assert [names[n] for n in graph.back(99)] == names[::-1]
    assert known() == {"L": 1, "d": -2, "f": 4, "e": -2, "c": -2, "a": 6, "b": -4}


def test_every_number_of_the_graph_can_be_nudged() -> None:
    leaves = {"x": 0.7, "y": -1.3}
    program = read_program("u = sin(6*x) + y**2; z = tanh(u) / (1 + exp(-x*y))")
    graph = build_graph(program, leaves)
    for place, node in enumerate(graph.nodes):
        assert graph.nudged(place) == pytest.approx(node.value.grad, rel=1e-6, abs=1e-8)


def test_what_cannot_be_nudged_is_no_number() -> None:
    for text in ("log(x)", "x**0.5", "sin(x**0.5)", "log(x - 0.000001 + x)"):
        graph = build_graph(read_program(text), {"x": 1e-6})
        assert math.isnan(graph.nudged(0))
    graph = build_graph(read_program("log(x)"), {"x": 1.0})
    assert math.isnan(graph.moved(-2.0))
    assert graph.beside(-2.0) == {"x": -1.0}
    assert graph.beside(-2.0, []) == {"x": 1.0}


def test_what_the_result_does_not_need_is_left_out() -> None:
    graph = build_graph(read_program("p = q*2; L = x + 2 + 2"), {"q": 1.0, "x": 3.0})
    assert [node.name for node in graph.nodes] == ["x", "2", "v1", "2 (2)", "L"]
    assert graph.unused == ["q"]


@pytest.mark.parametrize("text", ["log(x)", "1/x", "x**-1", "x**0.5"])
def test_without_a_value_or_a_slope_it_is_one_sentence(text: str) -> None:
    with pytest.raises(BadText, match="give other numbers"):
        build_graph(read_program(text), {"x": 0.0})
    with pytest.raises(BadText, match="give other numbers"):
        build_graph(read_program(text), {"x": math.nan})


def test_too_large_is_one_sentence() -> None:
    for text in ("exp(x)", "x*x*x*x*x*x*x*x", "x**9"):
        with pytest.raises(BadText, match="too large"):
            build_graph(read_program(text), {"x": 1e60})


def test_a_plain_number_is_made_a_leaf() -> None:
    assert as_value(2.0).parents == ()
    assert as_value(one := Value(1)) is one
