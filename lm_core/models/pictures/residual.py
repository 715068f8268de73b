"""Residual CNN: each block adds to what it was given, so that many layers still learn.

    h = relu(h + norm(filter * relu(norm(filter * h))))
    value = centre + spread (w mean over places of h + b)

What a block adds may be nothing, and the gradient goes past it unchanged: that made networks of
fifty and a hundred layers trainable, where plain ones got worse.

Paper: He et al. 2016, "Deep Residual Learning for Image Recognition" (ResNet).
Left out on purpose: the bottlenecks of ResNet-50 and weights of ImageNet.
Strong and weak: It finds the same sign anywhere and takes the mean over the picture; how signs far
apart belong together it sees only in the last blocks.

Shapes: B batch, F = n_filter.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from lm_core.models import fields
from lm_core.models.contract import Model, models
from lm_core.models.layers import start_at_zero
from lm_core.models.tracing import record
from lm_core.settings import Settings, setting


@dataclass(frozen=True)
class ResidualSettings(Settings):
    """How wide and how deep."""

    n_layer: int = setting(
        3, title="Blocks", low=1, high=5, help="Each but the first halves the picture."
    )
    n_filter: int = setting(
        16, title="Filters", low=1, high=256, help="Of the first block; each next one has twice."
    )
    dropout: float = fields.dropout()


@models.register(
    "residual",
    title="Residual CNN",
    idea="Filters in blocks that add to what they were given, then one number for the picture.",
    paper="He et al. 2016, Deep Residual Learning for Image Recognition",
    settings=ResidualSettings,
    order=230,
    train={"lr": 3e-3, "batch_size": 32},
)
class Residual(Model):
    """Says a number about a picture; untrained `centre`."""

    tasks = ("picture-value",)

    def __init__(
        self,
        settings: ResidualSettings,
        channels: int,
        height: int,
        width: int,
        centre: int,
        spread: int,
    ) -> None:
        super().__init__(settings)
        s, self.centre, self.spread = settings, centre, spread
        self.stem = nn.Conv2d(channels, s.n_filter, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(s.n_filter)
        self.blocks = nn.ModuleList(
            Block(s.n_filter * 2 ** max(0, n - 1), s.n_filter * 2**n, halves=n > 0)
            for n in range(s.n_layer)
        )
        self.dropout = nn.Dropout(s.dropout)
        self.head = nn.Linear(s.n_filter * 2 ** (s.n_layer - 1), 1)
        start_at_zero(self.head)

    def forward(self, pixels: Tensor) -> Tensor:
        """(B, channels, height, width) from 0 to 1 -> values (B,)."""
        h = self.norm(self.stem(2 * pixels - 1)).relu()  # (B, F, height / 2, width / 2)
        for block in self.blocks:
            h = block(h)  # half as high, half as wide, F doubled, but for the first
        h = h.mean((2, 3))  # (B, F of the last block)
        return self.centre + self.spread * self.head(self.dropout(h)).squeeze(1)  # (B,)


class Block(nn.Module):
    """Two filters, and past them what came in, made to fit by a filter of one pixel."""

    def __init__(self, before: int, after: int, *, halves: bool) -> None:
        super().__init__()
        stride = 2 if halves else 1
        self.first = nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(after)
        self.second = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(after)
        fits = before == after and not halves
        self.past = nn.Identity() if fits else nn.Conv2d(before, after, 1, stride=stride)
        nn.init.zeros_(self.second_norm.weight)  # adds nothing until it has learned something

    def forward(self, h: Tensor) -> Tensor:
        """(B, before, height, width) -> (B, after, height, width), or half as high and wide."""
        added = self.first_norm(self.first(h)).relu()
        added = self.second_norm(self.second(added))
        h = (self.past(h) + added).relu()
        record(self, "maps", h, activation="relu")
        return h
