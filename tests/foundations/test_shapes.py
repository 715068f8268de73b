"""The two rules of shapes, held to torch on any shapes."""

from contextlib import suppress

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadText
from lm_core.foundations.shapes import (
    broadcast,
    case_of,
    matmul,
    outcome,
    read_shape,
    torch_error,
    written,
)

SIZES = st.sampled_from([1, 1, 2, 3, 4])
SHAPES = st.lists(SIZES, max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("a", "b", "shape"),
    [
        ((3,), (3,), ()),
        ((3, 4), (4,), (3,)),
        ((10, 3, 4), (4,), (10, 3)),
        ((10, 3, 4), (10, 4, 5), (10, 3, 5)),
        ((10, 3, 4), (4, 5), (10, 3, 5)),
    ],
)
def test_the_five_products_of_the_course(a: tuple, b: tuple, shape: tuple) -> None:
    assert matmul(a, b).shape == shape
    assert tuple(torch.matmul(torch.zeros(a), torch.zeros(b)).shape) == shape


@pytest.mark.parametrize("operation", ["add", "multiply", "matmul"])
@given(a=SHAPES, b=SHAPES)
def test_any_two_shapes_give_what_torch_gives(operation: str, a: tuple, b: tuple) -> None:
    call = {"add": torch.add, "multiply": torch.mul, "matmul": torch.matmul}[operation]
    try:
        theirs, said = tuple(call(torch.zeros(a), torch.zeros(b)).shape), ""
    except RuntimeError as error:
        theirs, said = None, str(error)
    assert outcome(operation, a, b).shape == theirs
    assert torch_error(operation, a, b) == said


def test_the_course_s_error_in_torch_s_own_words() -> None:
    assert torch_error("add", (2, 2), (2, 3)) == (
        "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 1"
    )


def test_places_say_what_becomes_of_them() -> None:
    assert [place.how for place in broadcast((32, 8, 1, 16), (8, 10, 1)).places] == [
        *("b", "same", "a", "b"),
    ]
    assert [place.how for place in broadcast((5, 3), (5,)).places] == ["b", "clash"]
    assert "one number" in case_of((3,), (3,))


@given(SHAPES)
def test_a_shape_is_read_as_it_is_written(shape: tuple) -> None:
    assert read_shape(written(shape)) == shape
    assert read_shape(", ".join(map(str, shape))) == shape


@given(st.text())
def test_whatever_is_typed_is_a_shape_or_a_sentence(text: str) -> None:
    with suppress(BadText):
        assert all(1 <= size <= 10_000 for size in read_shape(text))
