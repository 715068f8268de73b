"""Boxes in pictures: what cells say and how it is judged, and a detector that beats a window."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lm_core.corpora import load_corpus
from lm_core.models.building import build_model
from lm_core.pictures import cells
from lm_core.pictures.average_precision import Said, Truth, mean_average_precision, over_pictures
from lm_core.pictures.boxes import Box, iou
from lm_core.pictures.scenes import CLASSES, draw_scene
from lm_core.pictures.sliding import slid
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.tasks.detect import BOX, RIGHT, THING, answers, found
from lm_core.training import Budget, Trainer

NAMES = list(CLASSES)


def ready(steps: int = 1, **model):
    spec = default_spec(CorpusSpec(name="shape-boxes"), "grid-detector", budget=Budget(steps=steps))
    return prepare(replace(spec, model=replace(spec.model, **model)))


def trained(steps: int, **model):
    made = ready(steps, **model)
    how = {"settings": made.spec.train, "budget": made.spec.budget}
    list(Trainer(made.task, made.model, made.data, **how).run())
    made.model.eval()
    return made


def of_windows(part, label: str) -> float:
    """mAP of the windows that learn nothing."""
    said = [slid(one[0].numpy(), label) for one in part.pixels]
    truths = [cells.truths_of(*one, NAMES) for one in zip(part.boxes, part.labels, strict=True)]
    return over_pictures(said, truths, RIGHT)


def test_the_boxes_are_those_of_the_scenes() -> None:
    part = load_corpus("shape-boxes").splits["validation"]
    for k in (0, 7, 199):
        scene = draw_scene(1600 + k)
        assert torch.equal(part.pixels[k, 0], torch.from_numpy(scene.pixels))
        truths = cells.truths_of(part.boxes[k], part.labels[k], NAMES)
        assert truths == [Truth(Box(*one.box), NAMES[one.label]) for one in scene.things]


@given(st.lists(st.tuples(*[st.integers(0, 15)] * 2, *[st.integers(3, 16)] * 2), min_size=1))
def test_what_cells_are_told_are_the_boxes_again(drawn: list) -> None:
    boxes = torch.tensor([[(x, y, x + w, y + h) for x, y, w, h in drawn]], dtype=torch.float32)
    labels = torch.ones(1, len(drawn), dtype=torch.int64)
    classes, numbers = cells.targets(boxes, labels, 8, 8, 4, 13)
    again = cells.corners(numbers, 4, 13)[classes > 0]
    for one in again:  # of two in a cell one is left
        assert ((one - boxes[0]).abs().max(1).values < 1e-4).any()
    centres = {((x + w / 2) // 4, (y + h / 2) // 4) for x, y, w, h in drawn}
    assert int((classes > 0).sum()) == len(centres)


def test_boxes_of_other_pictures_are_never_taken_for_each_other() -> None:
    box = Box(0, 0, 10, 10)
    truths = [[Truth(box, "disc")], []]
    said = [[], [Said(box, "disc", 0.9)]]
    assert over_pictures(said, truths, 0.5) == 0
    assert over_pictures(said[::-1], truths, 0.5) == 1
    rng = np.random.default_rng(0)
    strip, scenes = [], [([], []) for _ in range(4)]  # the same pictures side by side as one
    for n, scene in enumerate(draw_scene(k) for k in range(4)):
        for thing in scene.things:
            moved = Box(*(np.array(thing.box) + rng.integers(-3, 4, 4)))
            label = NAMES[thing.label]
            scenes[n][0].append(Said(moved, label, float(rng.random())))
            scenes[n][1].append(Truth(thing.box, label))
    for n, (some, real) in enumerate(scenes):
        shift = np.array([1e4 * n, 0, 1e4 * n, 0])
        strip.append(
            (
                [one._replace(box=Box(*(np.array(one.box) + shift))) for one in some],
                [one._replace(box=Box(*(np.array(one.box) + shift))) for one in real],
            )
        )
    one_row = [[each for some in part for each in some] for part in zip(*strip, strict=True)]
    together = over_pictures(*zip(*scenes, strict=True), 0.5)
    assert together == pytest.approx(mean_average_precision(*one_row, [0.5]))


def test_the_loss_by_hand_and_an_untrained_model_guesses_blindly() -> None:
    made = ready(n_filter=2)
    part, model = made.data["validation"], made.model.eval()
    scored = made.task.evaluate(model, made.data, "validation", limit=None)
    assert scored.loss == pytest.approx(made.blind, abs=1e-5)
    logits, numbers = torch.randn(1, 4, 8, 8), torch.randn(1, 4, 8, 8)
    boxes, labels = part.boxes[:1], part.labels[:1]
    classes, right = cells.targets(boxes, labels, 8, 8, 4, 13)
    nats, weights, off = 0.0, 0.0, []
    for y in range(8):
        for x in range(8):
            there = int(classes[0, y, x])
            weight = THING if there else 1.0
            nats -= weight * F.log_softmax(logits[0, :, y, x], 0)[there].item()
            weights += weight
            if there:
                off.append((numbers - right)[0, :, y, x].abs().mean().item())
    each = made.task.cost(model, logits, numbers, boxes, labels)
    assert each.item() == pytest.approx(nats / weights + BOX * np.mean(off), rel=1e-5)


def test_who_says_every_box_rightly_has_all_of_the_area() -> None:
    made = ready(n_filter=2)
    part = made.data["validation"]
    classes, numbers = cells.targets(part.boxes, part.labels, 8, 8, 4, 13)
    logits = 20.0 * F.one_hot(classes, 4).permute(0, 3, 1, 2)
    said = found(made.model, logits, numbers, NAMES)
    truths = [cells.truths_of(*one, NAMES) for one in zip(part.boxes, part.labels, strict=True)]
    area = over_pictures(said, truths, RIGHT)
    assert area > 0.97  # two middles in one cell it cannot both say


def test_it_learns_and_shows_what_it_says() -> None:
    made = trained(30, n_filter=6)
    scored = made.task.evaluate(made.model, made.data, "validation", limit=100)
    assert scored.loss < 0.8 * made.blind
    shown = made.task.preview(made.model, made.codec, made.data)
    assert shown.columns == (32, 32)
    right = [NAMES[k] for k in made.data["validation"].labels[0].tolist() if k]
    assert shown.captions[0].endswith(f"(right: {', '.join(right)})")


def test_a_picture_of_any_size_has_its_cells() -> None:
    model = build_model("grid-detector", {"n_filter": 2}, {"n_classes": 4, "channels": 1}).eval()
    logits, numbers = answers(model, torch.zeros(1, 1, 41, 22))
    assert logits.shape == (1, 4, 11, 6)
    assert numbers.shape == (1, 4, 11, 6)


def test_a_window_finds_a_bright_square_and_nothing_in_an_empty_picture() -> None:
    pixels = np.zeros((32, 32), np.float32)
    assert slid(pixels, "square") == []
    pixels[8:21, 6:19] = 1
    best = slid(pixels, "square")[0]
    assert iou(best.box, Box(6, 8, 19, 21)) > 0.8


@pytest.mark.slow
def test_the_detector_beats_the_window() -> None:
    made = trained(400)
    area = made.task.evaluate(made.model, made.data, "test", limit=None).metrics["mAP"]
    windows = max(of_windows(made.data["test"], label) for label in NAMES[1:])
    assert area >= 0.85
    assert windows < 0.3 * area


def test_of_two_things_in_a_cell_the_later_one_counts_and_padding_says_nothing() -> None:
    boxes = torch.tensor([[[0.0, 0, 4, 4], [1, 1, 5, 5], [9, 9, 30, 30], [0, 0, 4, 4]]])
    labels = torch.tensor([[1, 2, 3, 0]])
    classes, numbers = cells.targets(boxes, labels, 2, 2, 8, 4.0)
    assert classes.tolist() == [[[2, 0], [0, 3]]]
    assert numbers[0, :, 0, 0].tolist() == [-0.25, -0.25, 0, 0]  # (3, 3) is one left of (4, 4)
    assert numbers[0, :, 0, 1].tolist() == [0] * 4
