"""What is packed can be unpacked as a browser does it, and shades are close to the numbers."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lm_core.charts.stack import EXACT, Axis, Part, Reading, Stack, in_words, shades, stack


def made(
    values: np.ndarray, spans: list[tuple[float, float]] | None = None, along: str = "l"
) -> Stack:
    A, B, R, S = values.shape
    names = {n: [f"<b>{i}" for i in range(n)] for n in (A, B, R, S)}
    part = Part("t", "a", 0, lambda: None)
    return stack(
        values,
        name="some",
        down=Axis("d", names[A]),
        along=Axis(along, names[B]),
        rows=Axis("r", names[R]),
        columns=Axis("c", names[S]),
        titles=["title"] * (A * B),
        says=["says"] * (A * B),
        spans=spans or [(0, 1)] * (A * B),
        reading=Reading("{row} {column} {value}"),
        whole=part,
        one=lambda a, b: part,
    )


def unpacked(packed: bytes) -> tuple[dict, np.ndarray]:
    length = int.from_bytes(packed[:4], "little")
    header = json.loads(packed[4 : 4 + length])
    assert length % 4 == 0  # numbers of four bytes begin where such may begin
    kind = "<f4" if header["exact"] else np.uint8
    return header, np.frombuffer(packed[4 + length :], kind).reshape(header["shape"])


def test_a_small_stack_holds_its_numbers() -> None:
    values = np.random.default_rng(0).random((2, 3, 4, 5)).astype(np.float32)
    values[0, 1, 2, 3] = np.nan
    one = made(values)
    header, numbers = unpacked(one.packed)
    np.testing.assert_array_equal(numbers, values)
    assert (header["id"], header["name"]) == (one.id, "some")
    assert header["rows"][1][3] == "<b>3"  # as it is: it is drawn as text
    values[1, 1, 1, 1] += 0.25
    assert made(values).id != one.id
    assert made(values).packed == made(values.copy()).packed  # the same is not sent twice


def test_a_large_stack_holds_shades_that_are_close() -> None:
    values = np.random.default_rng(0).normal(size=(1, 2, 300, 300))
    assert values.size > EXACT
    values[0, 0, :, 7] = np.nan
    spans = [(-5.0, 5.0), (-6.0, 6.0)]
    one = made(values, spans)
    header, found = unpacked(one.packed)
    assert not one.exact
    assert (found[0, 0, :, 7] == 0).all()
    for b, (low, high) in enumerate(spans):
        known = found[0, b] > 0
        back = low + (found[0, b].astype(float) - 1) / 254 * (high - low)
        off = np.abs(back - np.clip(values[0, b], low, high))[known]
        assert off.max() <= (high - low) / 508 + 1e-6
    assert header["spans"] == [list(span) for span in spans]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(width=32), min_size=1, max_size=20))
def test_every_number_has_a_shade_and_what_is_none_stays_blank(numbers: list[float]) -> None:
    values = np.array(numbers, dtype=np.float32).reshape(1, 1, 1, -1)
    found = shades(values, [(0.0, 1.0)])
    np.testing.assert_array_equal(found > 0, np.isfinite(values))


def test_ends_of_a_scale_are_the_first_and_the_last_shade() -> None:
    assert shades(np.array([[[[0.0, 1.0, 0.5]]]]), [(0, 1)]).tolist() == [[[[1, 255, 128]]]]
    assert shades(np.zeros((1, 1, 1, 1)), [(0, 0)]).tolist() == [[[[1]]]]  # a scale of no width


def test_nothing_is_a_stack_and_names_must_fit() -> None:
    assert unpacked(made(np.zeros((0, 0, 0, 0))).packed)[1].size == 0
    with pytest.raises(ValueError, match="for a stack of"):
        made(np.zeros((1, 1, 2, 2)), [(0, 1)] * 2)


def test_words_of_another_language_leave_tokens_and_numbers() -> None:
    """What is said and drawn is put into the language; names of tokens, and every number, stay."""
    one = made(np.random.default_rng(0).random((1, 2, 3, 4)))
    other = in_words(one, lambda text: text.replace(".", ",").upper())
    header, numbers = unpacked(other.packed)
    np.testing.assert_array_equal(numbers, unpacked(one.packed)[1])
    assert other.id == header["id"] != one.id  # a browser that has the one takes the other, too
    assert (header["title"], header["titles"], header["says"]) == ("T", ["TITLE"] * 2, ["SAYS"] * 2)
    assert [header[side][0] for side in ("down", "along", "rows", "columns")] == list("DLRC")
    assert header["rows"][1] == ["<b>0", "<b>1", "<b>2"]
    assert (header["closed"], header["point"]) == ("{ROW}, {COLUMN}: NOT OPEN", ",")


def test_names_of_matrices_alone_are_words() -> None:
    """Where no title stands below them, as at gates; under one they are numbers or tokens."""
    one = made(np.zeros((1, 2, 1, 1)), along="")
    assert unpacked(in_words(one, str.upper).packed)[0]["along"] == ["", ["<B>0", "<B>1"]]
