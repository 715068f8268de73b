"""FCN: a CNN without its linear layers says a class for each place, and is made larger again.

    h_l = pool(relu(filter * h_(l-1)));   scores = U h_L
    up to `skips` times:   scores = up(scores) + U_l h_l;   then up to the size of the picture

A linear layer is bound to one size of picture; a filter is not: this network takes any. Scores at
the last pooling are coarse (in the paper one for 32 x 32 pixels, FCN-32s); adding those of finer
layers on the way up (FCN-16s, FCN-8s) brings edges back. `up` is a transposed convolution that
begins as bilinear interpolation and learns.

Paper: Long, Shelhamer and Darrell 2015, "Fully Convolutional Networks for Semantic Segmentation".
Left out on purpose: weights of a trained classifier to begin with; dropout. Batch normalisation
(Ioffe and Szegedy 2015) came since, and learns in a fraction of the steps.
Strong and weak: It reads a picture of any size in one pass; without skips its masks are blots, as
what was pooled away cannot come back.

Shapes: B batch, F = n_filter, K classes, L = n_layer.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lm_core.errors import BadSettings
from lm_core.models.contract import Model, models
from lm_core.models.tracing import record
from lm_core.settings import Settings, setting


@dataclass(frozen=True)
class FCNSettings(Settings):
    """How deep, and how much of what was pooled away is looked at again."""

    n_layer: int = setting(
        3, title="Poolings", low=1, high=6, help="Each halves the picture; the paper has five."
    )
    n_filter: int = setting(
        24, title="Filters", low=1, high=512, help="Of the first layer; each next one has twice."
    )
    skips: int = setting(
        2,
        title="Skips",
        low=0,
        high=5,
        help="Finer layers whose scores are added: 0 is the paper's 32s, 1 its 16s, 2 its 8s.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.skips >= self.n_layer:
            raise BadSettings(
                f"There are {self.n_layer - 1} finer layers to add: take at most so many skips, or "
                "more poolings.",
                "skips",
            )


@models.register(
    "fcn",
    title="FCN",
    idea="A CNN without linear layers: a class for every pixel, of a picture of any size.",
    paper="Long et al. 2015, Fully Convolutional Networks for Semantic Segmentation",
    settings=FCNSettings,
    order=220,
    train={"lr": 3e-3, "batch_size": 16},
)
class FCN(Model):
    tasks = ("segment",)

    def __init__(self, settings: FCNSettings, n_classes: int, channels: int) -> None:
        super().__init__(settings)
        s, self.n_classes = settings, n_classes
        self.layers, self.norms, wide = nn.ModuleList(), nn.ModuleList(), channels
        for n in range(s.n_layer):
            self.layers.append(nn.Conv2d(wide, s.n_filter * 2**n, 3, padding="same", bias=False))
            wide = s.n_filter * 2**n
            self.norms.append(nn.BatchNorm2d(wide))
        self.deep = nn.Conv2d(wide, wide, 3, padding="same")  # stands for the linear layers
        self.scores = nn.ModuleList(  # of the last pooling, then of finer and finer ones
            nn.Conv2d(wide // 2**n, n_classes, 1) for n in range(s.skips + 1)
        )
        self.ups = nn.ModuleList(Larger(n_classes, 2) for _ in range(s.skips))
        self.last = Larger(n_classes, 2 ** (s.n_layer - s.skips))

    def forward(self, pixels: Tensor) -> Tensor:
        """(B, channels, height, width) -> logits (B, K, height, width), whatever the size."""
        h, pooled = pixels, []
        for layer, norm in zip(self.layers, self.norms, strict=True):
            h = norm(layer(h)).relu()  # (B, F doubled in each layer, height, width)
            record(layer, "maps", h, activation="relu")
            h = nn.functional.max_pool2d(h, 2, ceil_mode=True)  # half as high, half as wide
            pooled.append(h)
        h = self.deep(h).relu()
        record(self.deep, "maps", h, activation="relu")
        scores = self.scores[0](h)  # (B, K, height / 2^L, width / 2^L)
        record(self.scores[0], "scores", scores)
        finer = zip(self.ups, self.scores[1:], reversed(pooled[:-1]), strict=False)
        for up, score, h in finer:
            scores = up(scores, h) + score(h)  # twice as high, twice as wide
            record(score, "scores", scores)
        return self.last(scores, pixels)


class Larger(nn.Module):
    """`times` as high and as wide by a transposed convolution, each class alone.

    Begins as bilinear interpolation: a kernel of 2 `times` pixels that falls off from its middle.
    """

    def __init__(self, n_classes: int, times: int) -> None:
        super().__init__()
        self.times = times
        self.kernel = nn.Parameter(torch.empty(n_classes, 1, 2 * times, 2 * times))
        away = (torch.arange(2 * times, dtype=torch.float32) - times + 0.5).abs()
        line = 1 - away / times  # 0.25 0.75 0.75 0.25 for twice the size
        with torch.no_grad():
            self.kernel.copy_(line.outer(line))

    def forward(self, scores: Tensor, like: Tensor) -> Tensor:
        """(B, K, h, w) -> (B, K, height, width) of `like`; what reaches over the edge is cut."""
        K, t = scores.size(1), self.times
        large = nn.functional.conv_transpose2d(
            scores, self.kernel, stride=t, padding=t // 2, groups=K
        )  # (B, K, at least t h, t w)
        return large[:, :, : like.size(2), : like.size(3)]
