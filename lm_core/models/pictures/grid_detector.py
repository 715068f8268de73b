"""Grid detector: filters leave a grid of cells, and each cell says what its middle is in, and where
the edges are.

    h = features(picture);   p = softmax(C h + c);   t = R h + r      for each cell
    box: middle = that of the cell + a (t_x, t_y),   width and height = a e^(t_w), a e^(t_h)

It looks once, and answers for all places together. Untrained all classes are alike and each cell
says its anchor.

Paper: Redmon and others 2016, "You Only Look Once"; the four numbers of a box Ren and others 2015,
"Faster R-CNN".
Left out on purpose: several anchors in a cell and several grids, which things of very different
sizes need; trained weights to begin with.
Strong and weak: One pass for the whole picture, where windows are classified one by one; two things
with their middles in one cell it cannot both say.

Shapes: B batch, F = n_filter, K classes with that of nothing.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from lm_core.models.contract import Model, models
from lm_core.models.layers import start_at_zero
from lm_core.models.tracing import record
from lm_core.settings import Settings, setting

POOLINGS = 2


@dataclass(frozen=True)
class GridDetectorSettings(Settings):
    """How wide, and what a cell begins with."""

    n_filter: int = setting(
        16, title="Filters", low=1, high=256, help="Of the first layer; each next one has twice."
    )
    anchor: int = setting(
        13, title="Anchor", low=2, high=256, unit="pixels", help="Side of the square of a cell."
    )


@models.register(
    "grid-detector",
    title="Grid detector",
    idea="Each cell of a grid says what its middle is in, and where the edges of that are.",
    paper="Redmon and others 2016, You Only Look Once",
    settings=GridDetectorSettings,
    order=225,
    train={"lr": 3e-3, "batch_size": 32},
)
class GridDetector(Model):
    tasks = ("detect",)
    stride = 2**POOLINGS  # pixels from one cell to the next

    def __init__(self, settings: GridDetectorSettings, n_classes: int, channels: int) -> None:
        super().__init__(settings)
        s, self.n_classes, self.anchor = settings, n_classes, settings.anchor
        self.layers, self.norms, wide = nn.ModuleList(), nn.ModuleList(), channels
        for n in range(POOLINGS + 2):
            after = s.n_filter * 2 ** min(n, POOLINGS)
            self.layers.append(nn.Conv2d(wide, after, 3, padding="same", bias=False))
            self.norms.append(nn.BatchNorm2d(after))
            wide = after
        self.classes = nn.Conv2d(wide, n_classes, 1)
        self.boxes = nn.Conv2d(wide, 4, 1)
        start_at_zero(self.classes)
        start_at_zero(self.boxes)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """(B, channels, height, width) -> logits (B, K, height / 4, width / 4) and the four numbers
        of a box (B, 4, height / 4, width / 4)."""
        h = pixels
        for n, (layer, norm) in enumerate(zip(self.layers, self.norms, strict=True)):
            h = norm(layer(h)).relu()  # (B, F doubled in the first layers, height, width)
            record(layer, "maps", h, activation="relu")
            if n < POOLINGS:
                h = nn.functional.max_pool2d(h, 2, ceil_mode=True)  # half as high, half as wide
        return self.classes(h), self.boxes(h)
