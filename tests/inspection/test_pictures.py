"""What is recorded inside a network that looks at pictures is what it computes."""

import torch
from torch.nn import functional as F

from lm_core.inspection.pictures import layers, spread_out, units
from lm_core.models.building import build_model

SIZES = {"n_classes": 10, "channels": 1, "height": 8, "width": 8}


@torch.no_grad()
def test_layers_are_those_of_the_network_one_after_another() -> None:
    model = build_model("convolution", {"n_layer": 3, "n_filter": 4, "dropout": 0.5}, SIZES)
    pixels = torch.rand(1, 8, 8, generator=torch.Generator().manual_seed(0))
    found = layers(model.train(), pixels)
    assert model.training  # as it was
    assert [layer.name for layer in found] == ["layers.0", "layers.1", "layers.2"]
    assert [len(layer.maps) for layer in found] == [4, 8, 16]
    for layer in found:
        again = F.conv2d(layer.given[None], layer.filters, layer.bias, padding="same").relu()[0]
        torch.testing.assert_close(layer.maps, again)
    model.eval()
    h = F.max_pool2d(found[-1].maps[None], 2, ceil_mode=True)
    known = units(model, pixels[None])
    torch.testing.assert_close(known, model.hidden(h.flatten(1)).relu())
    torch.testing.assert_close(model.head(known), model(pixels[None]))


def test_others_are_laid_on_the_axes_of_the_first() -> None:
    base = torch.randn(30, 5, generator=torch.Generator().manual_seed(1))
    found, (same, moved) = spread_out(base, base, base + 1)
    torch.testing.assert_close(found.points, same, atol=1e-5, rtol=0)
    torch.testing.assert_close(moved - same, (torch.ones(5) @ found.axes.T).expand(30, 2))
