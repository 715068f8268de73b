"""Numbers that the course states in weeks 5 to 8, of pictures and boxes.

What needs a picture that is not here is not tested; the clock of the question on contrast is one
of scikit-image's.
"""

import numpy as np
import pytest
import torch
from torch import nn

from lm_core.pictures.boxes import Box, checked, iou, overlap
from lm_core.pictures.contract import GRAY, begin, gray
from lm_core.pictures.histograms import contrast
from lm_core.pictures.photographs import photograph
from lm_core.pictures.upsampling import bilinear

data = pytest.importorskip("skimage.data")


def test_the_rocket_and_its_first_row() -> None:
    rocket = photograph("rocket")
    assert rocket.shape == (427, 640, 3)
    assert rocket[0, :3].tolist() == [[17, 33, 58], [17, 33, 58], [17, 33, 59]]
    assert rocket[0, -3:].tolist() == [[8, 19, 37], [8, 19, 37], [7, 18, 36]]


def test_gray_of_the_astronaut_and_back() -> None:
    assert GRAY == (0.2125, 0.7154, 0.0721)
    assert sum(GRAY) == pytest.approx(1)
    assert gray(begin(photograph("astronaut")).pixels).shape == (512, 512)


def test_the_contrast_of_the_clock() -> None:
    clock = photograph("clock")
    assert (int(clock.max()), int(clock.min())) == (247, 99)
    assert contrast(clock / 255) == pytest.approx(148)


def test_a_structuring_element_of_4_by_4() -> None:
    from skimage.morphology import footprint_rectangle

    element = footprint_rectangle((4, 4))
    assert element.dtype == np.uint8
    assert element.tolist() == [[1] * 4] * 4


def test_superpixels_of_the_astronaut() -> None:
    from skimage.segmentation import slic

    segments = slic(photograph("astronaut"), n_segments=300, channel_axis=-1)
    assert segments.shape == (512, 512)
    assert segments.min() == segments[0, 0] == 1
    assert 200 <= len(np.unique(segments)) <= 300  # which number a piece has, a version decides


def test_iou_of_the_two_boxes() -> None:
    one, other = checked(50, 50, 150, 150), checked(100, 100, 200, 200)
    found = overlap(one, other)
    assert (found.intersection, found.union) == (2_500, 17_500)
    assert found.iou == pytest.approx(1 / 7)
    assert round(found.iou, 4) == 0.1429


def test_iou_is_0_where_nothing_overlaps_and_1_for_the_same_box() -> None:
    box = Box(0, 0, 10, 10)
    assert iou(box, Box(10, 0, 20, 10)) == 0
    assert iou(box, box) == 1


def test_one_number_made_larger_is_that_number_16_times() -> None:
    for corners in (True, False):
        larger = bilinear(np.array([[7.0]]), 4, 4, corners=corners)
        assert larger.values.tolist() == [[7.0] * 4] * 4


def test_masks_as_shares_of_255() -> None:
    shares = [round(value / 255, 4) for value in (1, 2, 3)]
    assert shares == [0.0039, 0.0078, 0.0118]


def test_a_layer_added_to_a_living_model() -> None:
    model = nn.Sequential()
    model.add_module("conv1", nn.Conv2d(3, 16, 3, padding=1))
    model.add_module("conv2", nn.Conv2d(16, 32, 3, padding=1))
    printed = [line.strip() for line in str(model).splitlines()[1:-1]]
    assert printed == [
        "(conv1): Conv2d(3, 16, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))",
        "(conv2): Conv2d(16, 32, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))",
    ]
    assert model(torch.zeros(1, 3, 8, 8)).shape == (1, 32, 8, 8)


def test_classes_of_a_dataset_are_its_different_labels() -> None:
    labels = [0, 1] * 101
    assert len(labels) == 202
    assert len(set(labels)) == 2
