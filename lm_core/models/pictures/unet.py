"""U-Net: down to what is there, up again to where it is; each level hands its details across.

    down:  h_l = conv(conv(pool(h_(l-1))))
    up:    g_l = conv(conv([h_l ; up(g_(l+1))]))        [ ; ] puts the filters beside each other

Paper: Ronneberger, Fischer and Brox 2015, "U-Net: Convolutional Networks for Biomedical Image
Segmentation". Each filter is followed by batch normalisation (Ioffe and Szegedy 2015), as most have
it since: it learns in a quarter of the steps.
Left out on purpose: elastic deformations of the pictures, weights of the pixels between cells;
unlike the paper's the filters are padded, so the mask is as large as the picture.
Strong and weak: Few pictures are enough for sharp masks; it sees no further than its levels reach,
and two things of one class that touch are one to it.

Shapes: B batch, F = n_filter, K classes.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from lm_core.models.contract import Model, models
from lm_core.models.tracing import record
from lm_core.settings import Settings, setting


@dataclass(frozen=True)
class UNetSettings(Settings):
    """How deep, how wide, and whether the fine joins the coarse."""

    n_layer: int = setting(
        2, title="Levels", low=1, high=5, help="Each halves the picture, and doubles it again."
    )
    n_filter: int = setting(
        16, title="Filters", low=1, high=256, help="Of the finest level; each next one has twice."
    )
    skips: bool = setting(
        True,
        title="Skips",
        help="Lay what each level saw on the way down beside what comes up; without, it is an "
        "encoder and a decoder.",
    )


@models.register(
    "unet",
    title="U-Net",
    idea="Down to what is there, up again to where it is; each level hands its details across.",
    paper="Ronneberger et al. 2015, U-Net",
    settings=UNetSettings,
    order=221,
    train={"lr": 3e-3, "batch_size": 16},
)
class UNet(Model):
    tasks = ("segment",)

    def __init__(self, settings: UNetSettings, n_classes: int, channels: int) -> None:
        super().__init__(settings)
        s, self.n_classes = settings, n_classes
        wide = [s.n_filter * 2**n for n in range(s.n_layer + 1)]
        self.downs = nn.ModuleList(
            Twice(before, after) for before, after in zip([channels, *wide], wide, strict=False)
        )
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(coarse, fine, 2, stride=2) for fine, coarse in pairwise(wide)
        )
        beside = 2 if s.skips else 1
        self.joins = nn.ModuleList(Twice(beside * fine, fine) for fine in wide[:-1])
        self.head = nn.Conv2d(s.n_filter, n_classes, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        """(B, channels, height, width) -> logits (B, K, height, width), whatever the size."""
        h, fine = pixels, []
        for n, down in enumerate(self.downs):
            if n:
                h = nn.functional.max_pool2d(h, 2, ceil_mode=True)  # half as high, half as wide
            h = down(h)  # (B, F doubled on each level, height, width)
            fine.append(h)
        fine.pop()  # the deepest is `h` itself
        for up, join in zip(reversed(self.ups), reversed(self.joins), strict=True):
            skip = fine.pop()
            h = up(h)[:, :, : skip.size(2), : skip.size(3)]  # twice as high and wide, F halved
            record(up, "maps", h)
            h = join(torch.cat([skip, h], 1) if self.settings.skips else h)
        return self.head(h)  # (B, K, height, width)


class Twice(nn.Module):
    """Two filters of 3 x 3 with batch normalisation and ReLU, one after the other."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, padding="same", bias=False)  # the norm has one
        self.first_norm = nn.BatchNorm2d(after)
        self.second = nn.Conv2d(after, after, 3, padding="same", bias=False)
        self.second_norm = nn.BatchNorm2d(after)

    def forward(self, h: Tensor) -> Tensor:
        """(B, before, height, width) -> (B, after, height, width)."""
        record(self, "before", h)
        h = self.first_norm(self.first(h)).relu()  # (B, after, height, width)
        h = self.second_norm(self.second(h)).relu()
        record(self, "maps", h, activation="relu")
        return h
