"""Selective search: regions, their boxes, and that things are among them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lm_core.pictures.boxes import Box, iou
from lm_core.pictures.proposals import MEASURES, alike, regions_of, search, segments
from lm_core.pictures.scenes import draw_scene


@given(arrays(np.int64, (6, 7), elements=st.integers(0, 4)), st.integers(0, 99))
def test_all_regions_end_as_one_and_each_has_its_box(marks: np.ndarray, seed: int) -> None:
    _, first = np.unique(marks, return_inverse=True)
    first = first.reshape(marks.shape)
    found = search(np.random.default_rng(seed).random(first.shape), first)
    assert len(found.merged) == first.max()
    assert len(found.boxes) == 2 * first.max() + 1
    assert (found.after(len(found.merged)) == found.after(len(found.merged))[0, 0]).all()
    assert found.boxes[-1] == Box(0, 0, 7, 6)
    for many in range(len(found.merged) + 1):
        now = found.after(many)
        for k in np.unique(now):
            rows, columns = np.nonzero(now == k)
            edges = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
            assert found.boxes[k] == Box(*edges)


def test_what_is_alike_becomes_one_first() -> None:
    pixels = np.repeat([[0.1, 0.1, 0.9]], 3, axis=0)
    first = np.repeat([[0, 1, 2]], 3, axis=0)
    assert search(pixels, first).merged == [(0, 1), (2, 3)]


HALVES = np.indices((16, 16))[1] // 8  # left 0, right 1


def test_the_four_measures_are_those_of_the_paper() -> None:
    """By hand, in a picture of 4 by 4: an angle of 5 pixels around one of 2."""
    first = np.array([[0, 2, 2, 2], [0, 2, 2, 2], [1, 1, 1, 2], [2, 2, 2, 2]])
    a, b, _ = regions_of(np.full((4, 4), 0.5), first)
    each = alike(a, b, 16)
    assert tuple(each) == MEASURES
    assert each["colour"] == each["texture"] == pytest.approx(1)
    assert each["size"] == pytest.approx(1 - (2 + 3) / 16)
    assert each["fill"] == pytest.approx(1 - (3 * 3 - 2 - 3) / 16)


def test_colour_and_texture_tell_apart_what_size_and_fill_do_not() -> None:
    colours = np.zeros((16, 16, 3))
    colours[..., 0], colours[..., 1] = HALVES == 0, HALVES == 1  # red beside green
    red, green = regions_of(colours, HALVES)
    assert alike(red, green, 256)["colour"] == pytest.approx(1 / 3)  # blue: 0 in both
    rows, columns = np.indices((16, 16))
    striped = np.where(HALVES == 0, rows // 2 % 2, columns // 2 % 2).astype(float)
    one, other = regions_of(striped, HALVES)
    each = alike(one, other, 256)
    assert each["colour"] == pytest.approx(1)
    assert each["texture"] < 0.8
    assert (each["size"], each["fill"]) == (0, 1)


def test_each_measure_alone_chooses_by_itself() -> None:
    """A dark and a bright patch on a dark ground: alike in size, or in brightness."""
    pixels, first = np.zeros((12, 12)), np.zeros((12, 12), dtype=int)
    first[3:9, 3:6], first[3:9, 6:9] = 1, 2
    pixels[first == 2] = 1
    assert search(pixels, first, ["size"]).merged[0] == (1, 2)
    assert search(pixels, first, ["colour"]).merged[0] == (0, 1)


@given(arrays(np.float64, (5, 6, 3), elements=st.floats(0, 1)), st.integers(0, 9))
def test_of_a_union_is_known_what_its_pixels_say(pixels: np.ndarray, seed: int) -> None:
    first = np.unique(np.random.default_rng(seed).integers(0, 3, (5, 6)), return_inverse=True)[
        1
    ].reshape(5, 6)
    parts = regions_of(pixels, first)
    whole = parts[0]
    for one in parts[1:]:
        whole |= one
    (real,) = regions_of(pixels, first * 0)
    assert (whole.size, whole.box) == (real.size, real.box)
    np.testing.assert_allclose(whole.colour, real.colour, atol=1e-12)
    np.testing.assert_allclose(whole.texture, real.texture, atol=1e-12)
    assert real.colour.sum() == pytest.approx(1)
    assert real.texture.sum() == pytest.approx(1)


def test_most_things_are_among_the_proposals() -> None:
    hit, there = 0, 0
    for seed in range(20):
        scene = draw_scene(seed)
        first = segments(scene.pixels, scale=0.5, least=12)
        proposed = search(scene.pixels, first).different
        for thing in scene.things:
            there += 1
            hit += max(iou(Box(*thing.box), box) for box in proposed) >= 0.5
    assert hit >= 0.8 * there
