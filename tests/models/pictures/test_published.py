"""ResNet-50, EfficientNet-B0 and ViT-B/16: the sizes of the papers, and one number at the end."""

import pytest
import torch

from lm_core.errors import BadSettings
from lm_core.models.building import blueprint, build_model
from lm_core.models.pictures.published import NETWORKS, PublishedSettings

SIZES = {"channels": 3, "height": 40, "width": 40, "centre": 40, "spread": 20}
PARAMETERS = {  # without the classes of ImageNet, and one number in their place
    "resnet-50": 25_557_032 - 2049 * 1000 + 2049,
    "efficientnet-b0": 5_288_548 - 1281 * 1000 + 1281,
    "vit-base": 86_567_656 - 769 * 1000 + 769,
}


@pytest.mark.parametrize("network", NETWORKS)
def test_it_has_the_parameters_of_the_paper_and_says_the_middle_untrained(network: str) -> None:
    whole = blueprint("published", {"network": network, "side": 224}, SIZES)
    assert whole.n_parameters == PARAMETERS[network]
    small = build_model("published", {"network": network, "narrow": 16, "side": 32}, SIZES).eval()
    with torch.no_grad():
        said = small(torch.rand(2, 3, 40, 40))
    assert said.tolist() == [40.0, 40.0]


def test_what_does_not_fit_is_a_sentence() -> None:
    with pytest.raises(BadSettings, match="patches of 16"):
        PublishedSettings(network="vit-base", side=50)
    with pytest.raises(BadSettings, match="set side to 224"):
        PublishedSettings(network="vit-base", begins="published")
    with pytest.raises(BadSettings, match="narrow to 1"):
        PublishedSettings(narrow=2, begins="published")
    with pytest.raises(BadSettings, match="coloured"):
        build_model("published", {}, SIZES | {"channels": 1})
