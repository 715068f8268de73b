"""Made scenes, masks compared, and things told apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import jaccard_score

from lm_core.pictures.overlap import covered
from lm_core.pictures.panoptic import (
    instance_mask,
    instances_of,
    overlaid,
    true_instances,
    true_probabilities,
)
from lm_core.pictures.scenes import CLASSES, draw_scene


@given(st.integers(0, 10_000), st.integers(16, 64))
def test_a_scene_is_what_is_said_of_it(seed: int, side: int) -> None:
    scene = draw_scene(seed, side=side)
    again = draw_scene(seed, side=side)
    assert np.array_equal(scene.pixels, again.pixels)
    assert scene.pixels.shape == scene.mask.shape == (side, side)
    assert 0 <= scene.pixels.min() <= scene.pixels.max() <= 1
    assert scene.instances.max() == len(scene.things)
    for number, thing in enumerate(scene.things, start=1):
        inside = scene.instances == number
        assert set(scene.mask[inside]) == {thing.label}
        rows, columns = np.nonzero(inside)
        x1, y1, x2, y2 = thing.box
        assert (columns.min(), rows.min()) == (x1, y1)
        assert (columns.max() + 1, rows.max() + 1) == (x2, y2)
    assert not scene.mask[scene.instances == 0].any()


def test_every_class_is_drawn_about_as_often() -> None:
    labels = [thing.label for n in range(300) for thing in draw_scene(n).things]
    shares = np.bincount(labels, minlength=len(CLASSES)) / len(labels)
    assert shares[0] == 0
    assert shares[1:] == pytest.approx([1 / 3] * 3, abs=0.07)


@given(st.integers(0, 2**31))
def test_masks_are_compared_as_scikit_learn_does(seed: int) -> None:
    rng = np.random.default_rng(seed)
    real, said = rng.integers(0, 4, (2, 5, 7, 9))
    told = covered(real, said, 4)
    each = jaccard_score(real.ravel(), said.ravel(), labels=range(4), average=None)
    assert told.each == pytest.approx(list(each))
    assert told.mean == pytest.approx(each.mean())
    assert told.accuracy == pytest.approx((real == said).mean())


def test_a_class_that_neither_is_nor_was_said_counts_for_nothing() -> None:
    told = covered(np.array([0, 0, 1]), np.array([0, 1, 1]), 3)
    assert told.each == [0.5, 0.5, None]
    assert told.mean == 0.5


def test_the_course_lays_things_on_from_three_on() -> None:
    """Week 7: argmax over (1, 3, H, W), then each instance mask > 0.5 by its number from 3."""
    import torch

    generator = torch.Generator().manual_seed(0)
    semantic_masks = torch.rand(1, 3, 20, 30, generator=generator)
    instance_masks = torch.rand(5, 1, 20, 30, generator=generator)
    semantic_mask = torch.argmax(semantic_masks, dim=1)
    panoptic_mask, instance_id = torch.clone(semantic_mask), 3
    for mask in instance_masks:
        panoptic_mask[mask > 0.5] = instance_id
        instance_id += 1
    ours = overlaid(semantic_mask[0].numpy(), list(instance_masks[:, 0].numpy()), first=3)
    assert len(ours) == 6
    assert np.array_equal(ours[0], semantic_mask[0].numpy())
    assert np.array_equal(ours[-1], panoptic_mask[0].numpy())


def test_the_scores_of_the_course_above_a_half_are_four() -> None:
    said = "0.9990 0.9391 0.8823 0.7186 0.3869 0.3535 0.2245 0.2066 0.2040 0.1558 0.1145 0.1007"
    said += " 0.0870 0.0849 0.0788 0.0737 0.0660 0.0631 0.0615"
    scores = [float(one) for one in said.split()]
    assert (len(scores), sum(score > 0.5 for score in scores)) == (19, 4)


def test_things_that_were_drawn_are_found_again() -> None:
    for number in range(20):
        scene = draw_scene(number)
        things = true_instances(scene)
        assert sorted(t.label for t in things) == sorted(t.label for t in scene.things)
        assert all(0.5 < thing.score <= 1 for thing in things)
        p = true_probabilities(scene)
        assert p.sum(0) == pytest.approx(np.ones_like(p[0]))
        regions = instances_of(p)
        assert {t.label for t in regions} <= {t.label for t in scene.things}
        found = instance_mask(scene.mask.shape, [t.soft for t in things], threshold=0.5)
        assert (np.sign(found) == np.sign(scene.instances)).mean() > 0.95
