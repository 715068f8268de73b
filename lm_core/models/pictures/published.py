"""ResNet-50, EfficientNet-B0 and ViT-B/16 as they were published, with one number at the end.

    h = network(picture);   value = centre + spread (w h + b)

The networks are those of the package transformers, layer by layer: `residual.py` and `vit.py` are
the same ideas, small and written here. They begin fresh, or with the weights that millions of
photographs have left: then the first layers know edges and textures already, and few faces are
enough. Those weights are fetched once (`python -m lm_core vision resnet-50`).

Paper: He et al. 2016, "Deep Residual Learning"; Tan and Le 2019, "EfficientNet"; Dosovitskiy et al.
2021, "An Image is Worth 16x16 Words".
Left out on purpose: their classes of ImageNet.
Strong and weak: With published weights they need few pictures of one's own; fresh, and without a
GPU, the small networks of this lab learn more in an hour.

Shapes: B batch, C numbers of the network's last layer (2,048, 1,280 and 768).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.errors import BadSettings
from lm_core.home import home_folder
from lm_core.models.contract import Model, models
from lm_core.models.layers import start_at_zero
from lm_core.pictures.extra import hugging_face
from lm_core.settings import Settings, setting

FRESH, PUBLISHED = "fresh", "published"
NETWORKS = {  # name -> what the hub calls weights of it
    "resnet-50": "microsoft/resnet-50",
    "efficientnet-b0": "google/efficientnet-b0",
    "vit-base": "google/vit-base-patch16-224-in21k",
}
MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of red, green and blue in ImageNet


@dataclass(frozen=True)
class PublishedSettings(Settings):
    """Which network, how large, and what it begins with."""

    network: str = setting("resnet-50", title="Network", choices=tuple(NETWORKS), help="Of 002.")
    begins: str = setting(
        FRESH,
        title="Begins with",
        choices=(FRESH, PUBLISHED),
        help="published: weights of ImageNet, fetched once by python -m lm_core vision NETWORK.",
    )
    side: int = setting(
        64,
        title="Side",
        low=32,
        high=512,
        unit="pixels",
        help="Pictures are enlarged to it; 224 in the papers. A whole number of times 16 for ViT.",
    )
    narrow: int = setting(
        1,
        title="Narrower",
        low=1,
        high=16,
        help="Divides all widths; more than 1 for a try on a laptop, and then fresh alone.",
        advanced=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.network == "vit-base" and self.side % 16:
            raise BadSettings(
                f"A side of {self.side} is not cut evenly into patches of 16: take 64, 112 or 224.",
                "side",
            )
        if (self.network, self.begins) == ("vit-base", PUBLISHED) and self.side != 224:
            raise BadSettings(
                "The published ViT has learned places of 224 pixels: set side to 224."
            )
        if self.narrow > 1 and self.begins == PUBLISHED:
            raise BadSettings(
                "Published weights fit the published widths alone: set narrow to 1.", "narrow"
            )


@models.register(
    "published",
    title="ResNet-50, EfficientNet-B0, ViT-B/16",
    idea="The networks of the papers, fresh or with published weights, and one number at the end.",
    paper="He et al. 2016; Tan and Le 2019; Dosovitskiy et al. 2021",
    settings=PublishedSettings,
    order=232,
    train={"lr": 5e-4, "batch_size": 16},
)
class Published(Model):
    """Says a number about a picture; untrained `centre`."""

    tasks = ("picture-value",)

    def __init__(
        self,
        settings: PublishedSettings,
        channels: int,
        height: int,
        width: int,
        centre: int,
        spread: int,
    ) -> None:
        super().__init__(settings)
        if channels != 3:
            raise BadSettings("These networks look at coloured pictures: three numbers a pixel.")
        self.centre, self.spread = centre, spread
        self.network, wide = network(settings.network, settings.side, settings.narrow)
        self.head = nn.Linear(wide, 1)
        start_at_zero(self.head)
        colours = (torch.tensor(one).view(1, 3, 1, 1) for one in (MEAN, SPREAD))
        for name, one in zip(("mean", "deviation"), colours, strict=True):
            self.register_buffer(name, one, persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """(B, 3, height, width) from 0 to 1 -> values (B,)."""
        side = self.settings.side
        x = F.interpolate(pixels, size=(side, side), mode="bilinear", align_corners=False)
        seen = self.network(pixel_values=(x - self.mean) / self.deviation)
        if self.settings.network == "vit-base":
            h = seen.last_hidden_state[:, 0]  # (B, C) of the token in front
        else:
            h = seen.pooler_output.flatten(1)  # (B, C)
        return self.centre + self.spread * self.head(h).squeeze(1)  # (B,)

    def begin(self) -> None:
        """Take the published weights, where that was asked for.

        Raises:
            BadSettings: they are not on this machine.
        """
        name = self.settings.network
        if self.settings.begins != PUBLISHED:
            return
        folder = home_folder() / "foreign" / "vision" / name
        if not (folder / "model.safetensors").is_file():
            raise BadSettings(
                f"The published weights of {name} are not here: python -m lm_core vision {name} "
                "fetches them once, or begin fresh.",
                "begins",
            )
        more = {"add_pooling_layer": False} if name == "vit-base" else {}
        given = type(self.network).from_pretrained(
            folder, local_files_only=True, use_safetensors=True, **more
        )
        self.network.load_state_dict(given.state_dict())


def network(name: str, side: int, narrow: int = 1) -> tuple[nn.Module, int]:
    """A fresh one of the package, and C.

    Raises:
        Unsupported: transformers is not installed.
    """
    transformers = hugging_face()
    if name == "resnet-50":
        widths = [one // narrow for one in (256, 512, 1024, 2048)]
        config = transformers.ResNetConfig(embedding_size=64 // narrow, hidden_sizes=widths)
        return transformers.ResNetModel(config), widths[-1]
    if name == "efficientnet-b0":
        config = transformers.EfficientNetConfig(
            image_size=side,
            width_coefficient=1.0 / narrow,
            depth_coefficient=1.0,
            hidden_dim=1280 // narrow,
            dropout_rate=0.2,
        )
        return transformers.EfficientNetModel(config), config.hidden_dim
    wide = 768 // narrow
    config = transformers.ViTConfig(
        hidden_size=wide,
        num_attention_heads=max(1, 12 // narrow),
        num_hidden_layers=12 if narrow == 1 else 2,
        intermediate_size=4 * wide,
        image_size=side,
    )
    return transformers.ViTModel(config, add_pooling_layer=False), wide
