"""What people type is read, or refused in a sentence, and never run."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadText
from lm_core.foundations.typed import chosen, read_index, read_nested, read_row

FAMILY = np.array([[1.73, 1.68, 1.71, 1.89, 1.79], [65.4, 59.2, 63.6, 88.4, 68.7]])


def test_nested_lists_are_read_as_python_writes_them() -> None:
    assert read_nested("[[1, 2, 3], [4, 5, 6]]") == [[1, 2, 3], [4, 5, 6]]
    assert read_nested("[1., .5, -2e3, ]") == [1.0, 0.5, -2000.0]
    assert read_nested("[True, False]") == [True, False]
    assert read_nested("5") == 5
    assert read_nested("[]") == []


@pytest.mark.parametrize(
    "text",
    [
        *("", "a", "[1, 2", "[[1], [2, 3]]", "[1, [2]]", "NaN", "[Infinity]", "{}", '["x"]'),
        *("[" * 3000, "[[[[[[1]]]]]]", "1" * 30, "__import__('os')", "null", "1" * 5000),
    ],
)
def test_what_is_no_array_is_refused(text: str) -> None:
    with pytest.raises(BadText):
        read_nested(text)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        *(("0, 2", ()), (":, [1, 2]", (2, 2)), ("1", (5,)), ("-1, ::-1", (5,)), (":", (2, 5))),
        *(("[0, 1], [0, 4]", (2,)), ("0:1, 1:4", (1, 3)), (":, 5:", (2, 0))),
    ],
)
def test_places_are_those_of_numpy(text: str, shape: tuple) -> None:
    taken, mask = chosen(FAMILY, read_index(text))
    assert taken.shape == shape
    assert sorted(taken.ravel()) == sorted(FAMILY[mask])


def test_the_course_s_places() -> None:
    assert chosen(FAMILY, read_index("0, 2"))[0] == 1.71
    second_and_third = [[1.68, 1.71], [59.2, 63.6]]
    assert chosen(FAMILY, read_index(":, [1, 2]"))[0].tolist() == second_and_third


@pytest.mark.parametrize("text", ["7", "0, 0, 0", "[9], 0", "::0", "9" * 50, "[], [0, 1, 2], 0"])
def test_a_place_that_is_not_there_is_told_in_numpy_s_words(text: str) -> None:
    with pytest.raises(BadText, match="NumPy says"):
        chosen(FAMILY, read_index(text))


@given(st.text("0123456789:,[]-+ ax.'()T_", max_size=70) | st.text())
def test_any_index_is_read_or_refused(text: str) -> None:
    with suppress(BadText):
        chosen(FAMILY, read_index(text))


@given(st.text())
def test_any_row_is_read_or_refused(text: str) -> None:
    with suppress(BadText):
        assert np.isfinite(read_row(text)).all()
