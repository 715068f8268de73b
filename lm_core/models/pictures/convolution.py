"""CNN: the same small filter over every place of a picture, layer on layer, then a class.

    h = pool(relu(filter * x + b)), n_layer times;   p = softmax(U dropout(relu(W h + c)) + d)

Paper: LeCun et al. 1998, "Gradient-based learning applied to document recognition"; ReLU and
dropout Krizhevsky et al. 2012.
Left out on purpose: batch normalisation and residual connections, which deeper networks need.
Strong and weak: What it learns of a stroke in one corner it knows in all others; it sees the whole
only after enough layers, and a picture turned or enlarged is new to it.

Shapes: B batch, F = n_filter, K classes.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from lm_core.models import fields
from lm_core.models.contract import Model, models
from lm_core.models.tracing import record
from lm_core.settings import Settings, setting


@dataclass(frozen=True)
class ConvolutionSettings(Settings):
    """How many filters, how deep, and what holds them back."""

    n_layer: int = setting(
        2, title="Layers", low=1, high=5, help="Filters, ReLU and pooling, one after another."
    )
    n_filter: int = setting(
        24, title="Filters", low=1, high=512, help="Of the first layer; each next one has twice."
    )
    kernel: int = setting(
        3, title="Kernel", low=1, high=9, unit="pixels", help="Side of a filter.", advanced=True
    )
    n_hidden: int = setting(
        96, title="Hidden layer", low=1, high=4096, unit="units", help="Before the classes."
    )
    dropout: float = fields.dropout()


@models.register(
    "convolution",
    title="CNN",
    idea="The same small filters over every place of a picture, layer on layer.",
    paper="LeCun et al. 1998, Gradient-based learning applied to document recognition",
    settings=ConvolutionSettings,
    order=200,
    train={"lr": 3e-3},
)
class Convolution(Model):
    tasks = ("picture-class",)

    def __init__(
        self,
        settings: ConvolutionSettings,
        n_classes: int,
        channels: int,
        height: int,
        width: int,
    ) -> None:
        super().__init__(settings)
        s = settings
        self.layers = nn.ModuleList()
        for n in range(s.n_layer):
            wide = s.n_filter * 2**n
            self.layers.append(nn.Conv2d(channels, wide, s.kernel, padding="same"))
            channels = wide
            height, width = (height + 1) // 2, (width + 1) // 2
        self.hidden = nn.Linear(channels * height * width, s.n_hidden)
        self.dropout = nn.Dropout(s.dropout)
        self.head = nn.Linear(s.n_hidden, n_classes)

    def forward(self, pixels: Tensor) -> Tensor:
        """(B, channels, height, width) -> logits (B, K)."""
        h = pixels
        for layer in self.layers:
            h = layer(h).relu()  # (B, F doubled in each layer, height, width)
            record(layer, "maps", h, activation="relu")
            h = nn.functional.max_pool2d(h, 2, ceil_mode=True)  # half as high, half as wide
        h = self.hidden(h.flatten(1)).relu()  # (B, n_hidden)
        record(self.hidden, "units", h, activation="relu")
        return self.head(self.dropout(h))  # (B, K)
