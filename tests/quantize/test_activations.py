"""Activations in int8."""

import torch

from lm_core.quantize.activations import (
    ActivationSettings,
    inputs_of,
    largest_inputs,
    rounded,
    with_activations,
    within,
)
from tests.tiny import lively_model, some_ids


def test_one_range_or_one_for_each_token() -> None:
    x = torch.randn(2, 5, 16, generator=torch.Generator().manual_seed(0))
    x[0, 0] *= 100
    steps = (x.max() - x.min()) / 255
    error = (rounded(x, ActivationSettings()) - x).abs()
    assert error.max() <= steps / 2 * 1.001
    by_token = (rounded(x, ActivationSettings(per="token")) - x).abs()
    assert by_token[1].max() < error[1].max() / 10


def test_clipping_leaves_out_the_farthest_on_both_sides() -> None:
    numbers = torch.arange(-100.0, 101.0).unsqueeze(0)
    assert within(numbers, 100.0).tolist() == [[-100.0, 100.0]]
    assert within(numbers, 99.0).tolist() == [[-98.0, 98.0]]
    clipped = rounded(numbers, ActivationSettings(clip=99.0))
    assert clipped.max() < 98.5


def test_the_integer_product_is_what_was_computed() -> None:
    """s_w s_x times sums of whole numbers, beside the product of the rounded numbers."""
    from lm_core.quantize import affine

    generator = torch.Generator().manual_seed(0)
    x, w = torch.randn(3, 16, generator=generator), torch.randn(8, 16, generator=generator)
    s, z = affine.affine(x.view(1, -1))
    whole = affine.encode(x.view(1, -1), s, z).view_as(x) - z
    t = affine.absmax(w)
    codes = affine.encode(w, t, 0.0)
    exact = (whole.double() @ codes.double().T).float() * s * t  # sums of whole numbers
    near = rounded(x, ActivationSettings()) @ affine.decode(codes, t, 0.0).T
    torch.testing.assert_close(near, exact, atol=1e-4, rtol=1e-4)


def test_a_copy_rounds_and_the_model_does_not() -> None:
    model, ids = lively_model("transformer"), some_ids(2, 9, 27)
    before = model(ids)[0]
    small = with_activations(model, ActivationSettings())
    assert not torch.equal(small(ids)[0], before)
    torch.testing.assert_close(small(ids)[0], before, atol=0.1, rtol=0.1)
    assert torch.equal(model(ids)[0], before)
    assert not [part for part in model.modules() if part._forward_pre_hooks]
    found = largest_inputs(model, lambda of: of(ids))
    assert {name: tuple(most.shape) for name, most in found.items()} == {
        name: (layer.in_features,) for name, layer in inputs_of(model).items()
    }
    assert "head" not in found
    assert not [part for part in model.modules() if part._forward_pre_hooks]
