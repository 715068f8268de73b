"""Denoising autoencoder: a picture is squeezed into a few numbers and drawn again from them, clean.

    code = W flatten(relu(filters * relu(filters * noisy)));   clean = sigmoid(decoder(code))

Paper: Vincent et al. 2008, "Extracting and composing robust features with denoising autoencoders".
Left out on purpose: skip connections past the code, which would let noise through as well.
Strong and weak: What does not fit through the code is left out, and noise fits least; fine strokes
are left out as well, and what it never saw comes out as something that it knows.

Shapes: B batch, F = n_filter, Z = n_code.
"""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.models.contract import Model, models
from lm_core.models.tracing import record
from lm_core.settings import Settings, setting


@dataclass(frozen=True)
class AutoencoderSettings(Settings):
    """How wide, and how little goes through the middle."""

    n_filter: int = setting(
        24, title="Filters", low=1, high=512, help="Of the outer layers; the inner ones have twice."
    )
    n_code: int = setting(
        48, title="Code", low=1, high=4096, unit="numbers", help="What a picture is squeezed into."
    )


@models.register(
    "autoencoder",
    title="Autoencoder",
    idea="Squeezes a picture into a few numbers and draws it again: what does not fit is lost.",
    paper="Vincent et al. 2008, Extracting and composing robust features",
    settings=AutoencoderSettings,
    order=201,
    train={"lr": 3e-3, "weight_decay": 0.0},
)
class Autoencoder(Model):
    tasks = ("denoise",)
    draws = True  # noise, another one in each step

    def __init__(
        self, settings: AutoencoderSettings, channels: int, height: int, width: int, **others: int
    ) -> None:
        """`others`: sizes of the data that it has no use for, as the number of classes."""
        super().__init__(settings)
        s = settings
        self.sides = [(height, width)]
        for _ in range(2):
            self.sides.append(((self.sides[-1][0] + 1) // 2, (self.sides[-1][1] + 1) // 2))
        inner = 2 * s.n_filter * self.sides[2][0] * self.sides[2][1]
        self.down = nn.ModuleList(
            [
                nn.Conv2d(channels, s.n_filter, 3, stride=2, padding=1),
                nn.Conv2d(s.n_filter, 2 * s.n_filter, 3, stride=2, padding=1),
            ]
        )
        self.squeeze, self.unfold = nn.Linear(inner, s.n_code), nn.Linear(s.n_code, inner)
        self.up = nn.ModuleList(
            [
                nn.Conv2d(2 * s.n_filter, s.n_filter, 3, padding=1),
                nn.Conv2d(s.n_filter, channels, 3, padding=1),
            ]
        )

    def code(self, pixels: Tensor) -> Tensor:
        """(B, channels, height, width) -> (B, Z)."""
        h = pixels
        for layer in self.down:
            h = layer(h).relu()  # (B, F doubled, half as high, half as wide)
            record(layer, "maps", h, activation="relu")
        code = self.squeeze(h.flatten(1))  # (B, Z)
        record(self, "code", code)
        return code

    def forward(self, pixels: Tensor) -> Tensor:
        """(B, channels, height, width) -> the same, mended, from 0 to 1."""
        h = self.unfold(self.code(pixels)).relu()
        h = h.view(len(h), -1, *self.sides[2])  # (B, 2 F, height / 4, width / 4)
        h = self.up[0](F.interpolate(h, self.sides[1])).relu()  # (B, F, height / 2, width / 2)
        return self.up[1](F.interpolate(h, self.sides[0])).sigmoid()  # (B, channels, height, width)
