"""Overlap, suppression, anchors, windows and average precision, each against counting."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadPicture
from lm_core.pictures.average_precision import (
    Said,
    Truth,
    average_precision,
    falling,
    judged,
    mean_average_precision,
)
from lm_core.pictures.boxes import Box, anchors, checked, cost, iou, overlap, suppression, windows

SIDE = 24


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x, y = draw(st.integers(0, SIDE - 1)), draw(st.integers(0, SIDE - 1))
    return Box(x, y, draw(st.integers(x + 1, SIDE)), draw(st.integers(y + 1, SIDE)))


def cells(box: Box) -> np.ndarray:
    """The pixels it covers, counted one by one."""
    grid = np.zeros((SIDE, SIDE), dtype=bool)
    grid[int(box.y1) : int(box.y2), int(box.x1) : int(box.x2)] = True
    return grid


@given(boxes(), boxes())
def test_iou_is_what_counting_pixels_gives(one: Box, other: Box) -> None:
    both, either = cells(one) & cells(other), cells(one) | cells(other)
    found = overlap(one, other)
    assert (found.intersection, found.union) == (both.sum(), either.sum())
    assert found.iou == pytest.approx(both.sum() / either.sum())
    assert found.iou == iou(other, one)
    assert iou(one, one) == 1


def plainly(all_: list[Box], scores: list[float], threshold: float) -> list[int]:
    """Suppression said in another way: a box stays if no better one that stays is too near."""
    order = sorted(range(len(all_)), key=lambda k: (-scores[k], k))
    kept: list[int] = []
    for k in order:
        grids = [(cells(all_[k]), cells(all_[other])) for other in kept]
        if all((a & b).sum() / (a | b).sum() <= threshold for a, b in grids):
            kept.append(k)
    return kept


@given(st.lists(boxes(), max_size=8), st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.0]), st.data())
def test_suppression_is_what_trying_each_gives(
    all_: list[Box], threshold: float, data: st.DataObject
) -> None:
    score = st.sampled_from([0.1, 0.5, 0.5, 0.9, 0.95])
    scores = [data.draw(score) for _ in all_]
    rounds = suppression(all_, scores, threshold)
    assert [one.kept for one in rounds] == plainly(all_, scores, threshold)
    gone = [k for one in rounds for k in one.dropped]
    assert sorted([*gone, *(one.kept for one in rounds)]) == list(range(len(all_)))


def test_a_box_that_is_none_is_a_sentence() -> None:
    with pytest.raises(BadPicture, match="right must be more than left"):
        checked(5, 5, 5, 9)
    with pytest.raises(BadPicture, match="four numbers"):
        checked(5, 5, math.nan, 9)


def test_the_anchors_of_the_course() -> None:
    found = anchors((32, 64, 128), (0.5, 1.0, 2.0), (100, 50))
    assert len(found) == 9
    for one in found:
        assert one.box.area == pytest.approx(one.size**2)
        assert one.box.height / one.box.width == pytest.approx(one.ratio)
        assert (one.box.x1 + one.box.x2, one.box.y1 + one.box.y2) == pytest.approx((200, 100))
    # As torchvision's AnchorGenerator rounds them around (0, 0), for its first four.
    rounded = [
        [round(side) for side in one.box] for one in anchors((32, 64, 128), (0.5, 1), (0, 0))
    ]
    assert rounded[:4] == [
        [-23, -11, 23, 11],
        [-45, -23, 45, 23],
        [-91, -45, 91, 45],
        [-16, -16, 16, 16],
    ]


@given(st.integers(20, 60), st.integers(20, 60), st.integers(1, 9), st.integers(4, 40))
def test_windows_are_counted(W: int, H: int, stride: int, size: int) -> None:
    for one in windows((W, H), [size], [0.5, 1.0, 2.0], stride):
        places = [
            (x, y)
            for x in range(0, W - one.width + 1, stride)
            for y in range(0, H - one.height + 1, stride)
        ]
        assert one.many == len(places)


def test_the_cost_of_the_course() -> None:
    assert cost((640, 480), 3, 3) == 3 * 3 * 640 * 480


labels = st.sampled_from("ab")
truths = st.lists(st.builds(Truth, boxes(), labels), max_size=5)
saids = st.lists(
    st.builds(Said, boxes(), labels, st.sampled_from([0.2, 0.5, 0.7, 0.9])), max_size=8
)


@given(saids, truths, st.sampled_from([0.1, 0.5]))
def test_average_precision_is_the_mean_of_the_best_that_comes(
    said: list[Said], there: list[Truth], threshold: float
) -> None:
    """The area in another way: of the k-th object, the best precision from where k are found."""
    for label in "ab":
        found = judged(said, there, label, threshold)
        n = sum(truth.label == label for truth in there)
        assert len(found) == sum(one.label == label for one in said)
        hits = [one.truth for one in found if one.truth is not None]
        assert len(hits) == len(set(hits)) <= n
        best = [
            max((one.right / one.said for one in found if one.right >= k), default=0.0)
            for k in range(1, n + 1)
        ]
        assert average_precision(found) == pytest.approx(sum(best) / n if n else 0.0)
        curve = [precision for _, precision in falling(found)]
        assert curve == sorted(curve, reverse=True)


def test_a_detector_that_says_what_is_there_has_all() -> None:
    there = [Truth(Box(0, 0, 5, 5), "a"), Truth(Box(9, 9, 20, 20), "b")]
    said = [Said(*truth, 0.9) for truth in there]
    assert mean_average_precision(said, there, [0.5, 0.95]) == 1
    assert mean_average_precision(said[:1], there, [0.5]) == 0.5
    assert mean_average_precision([], there, [0.5]) == 0
    assert mean_average_precision(said, [], [0.5]) == 0


def test_an_object_is_found_once() -> None:
    there = [Truth(Box(0, 0, 10, 10), "a")]
    said = [Said(Box(0, 0, 10, 10), "a", 0.9), Said(Box(0, 0, 10, 9), "a", 0.8)]
    found = judged(said, there, "a", 0.5)
    assert [one.truth for one in found] == [0, None]
    assert [one.precision for one in found] == [1, 0.5]
