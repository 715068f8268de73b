"""Selective search: regions, their boxes, and that things are among them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lm_core.pictures.boxes import Box, iou
from lm_core.pictures.proposals import search, segments
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
