"""FCN and U-Net: a class for every pixel of a picture of any size."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lm_core.errors import BadSettings
from lm_core.inspection.picture_shapes import steps
from lm_core.models.building import build_model
from lm_core.models.pictures.fcn import FCNSettings, Larger

SIZES = {"n_classes": 4, "channels": 1}
NETS = [
    ("fcn", {"n_filter": 3, "skips": 0}),
    ("fcn", {"n_filter": 3, "skips": 2}),
    ("unet", {"n_filter": 3}),
    ("unet", {"n_filter": 3, "skips": False, "n_layer": 3}),
]


@given(st.integers(1, 50), st.integers(1, 50), st.sampled_from(NETS))
def test_what_comes_out_is_as_large_as_what_goes_in(high: int, wide: int, net) -> None:
    model = build_model(*net, SIZES).eval()
    assert model(torch.zeros(2, 1, high, wide)).shape == (2, 4, high, wide)


def test_with_skips_there_is_more_to_learn_and_an_edge_has_a_short_way() -> None:
    kept, none = (build_model("unet", {"skips": on}, SIZES) for on in (True, False))
    assert kept.n_parameters > none.n_parameters
    shapes = dict(steps(kept, 32, 32))
    assert shapes["ups.0"] == (16, 32, 32)
    assert shapes["joins.0.before"] == (32, 32, 32)  # concatenated
    assert dict(steps(none, 32, 32))["joins.0.before"] == (16, 32, 32)
    assert shapes["picture"] == (1, 32, 32)
    assert shapes["logits"] == (4, 32, 32)


def test_the_strides_of_an_fcn_are_those_of_the_paper() -> None:
    """Five poolings: scores at a stride of 32, then 16, then 8."""
    for skips, sizes in ((0, [1]), (1, [1, 2]), (2, [1, 2, 4])):
        model = build_model("fcn", {"n_layer": 5, "n_filter": 1, "skips": skips}, SIZES)
        found = [shape for part, shape in steps(model, 32, 32) if "scores" in part]
        assert found == [(4, size, size) for size in sizes]
        assert model.last.times == 32 // 2**skips


def test_there_are_no_more_skips_than_finer_layers() -> None:
    with pytest.raises(BadSettings, match="2 finer layers"):
        FCNSettings(n_layer=3, skips=3)


@pytest.mark.parametrize("times", [2, 4, 8])
def test_what_makes_larger_begins_as_bilinear_interpolation(times: int) -> None:
    small = torch.rand(1, 3, 6, 7)
    made = Larger(3, times)(small, torch.empty(1, 3, 6 * times, 7 * times))
    theirs = F.interpolate(small, scale_factor=times, mode="bilinear", align_corners=False)
    inner = (..., slice(times, -times), slice(times, -times))  # torch repeats the edge
    torch.testing.assert_close(made[inner], theirs[inner])


def test_one_number_made_larger_bilinearly_is_itself_everywhere() -> None:
    """The course: 1 x 1 to 4 x 4 duplicates the value 16 times."""
    large = F.interpolate(torch.full((1, 1, 1, 1), 0.7), size=(4, 4), mode="bilinear")
    assert large.flatten().tolist() == pytest.approx([0.7] * 16)
