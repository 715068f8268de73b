"""GAN: one network makes things from noise, the other tells them from real ones.

    D learns to say 1 of real x and 0 of G(z), G learns to make D(G(z)) large;   z standard normal

Paper: Goodfellow et al. 2014, "Generative adversarial nets".
Left out on purpose: spectral normalisation and gradient penalties, which steady the game.
Strong and weak: What it makes is sharp, and nobody has to say what a good picture is; but the game
may go round in circles or forget parts of the data, and no loss says how good it is.

Shapes: B batch, Z = n_z, D = numbers of a thing.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from lm_core.models.contract import Model, models
from lm_core.settings import Settings, setting

LEAK = 0.2  # slope below zero, as in DCGAN
# Half the momentum, and an average of the weights that forgets slowly: with the usual momentum the
# two run round each other and never meet.
PLAYED = {
    "lr": 1e-3,
    "optimizer": "adam-half",
    "weight_decay": 0.0,
    "schedule": "constant",
    "ema": 0.99,
}


def noise_width(default: int) -> int:
    """Z, the numbers that a thing is made from."""
    said = "Numbers of noise that each thing is made from."
    return setting(default, title="Noise", low=1, high=1024, unit="numbers", help=said)


@dataclass(frozen=True)
class GameSettings(Settings):
    """Both networks alike."""

    n_z: int = noise_width(2)
    n_layer: int = setting(2, title="Hidden layers", low=1, high=8, help="Of each network.")
    n_hidden: int = setting(
        64, title="Hidden layer", low=1, high=4096, unit="units", help="Of each network."
    )


class Maker(Model):
    """What every family of such games has: `maker` and `judge`, two networks of their own."""

    tasks = ("adversarial-points", "adversarial-pictures")
    draws = True  # noise
    maker: nn.Module
    judge: nn.Module

    def made(self, z: Tensor) -> Tensor:
        """(B, Z) -> things of the shape of real ones."""
        raise NotImplementedError

    def judged(self, things: Tensor) -> Tensor:
        """Real or made -> logits (B,): above 0 it takes them for real."""
        raise NotImplementedError

    @torch.no_grad()
    def some(self, n: int, seed: int = 0) -> Tensor:
        """n things of noise that the seed alone decides."""
        z = torch.randn(n, self.settings.n_z, generator=torch.Generator().manual_seed(seed))
        return self.made(z.to(self.device))


@models.register(
    "gan",
    title="GAN",
    idea="Two small networks, a maker and a judge, that learn from each other.",
    paper="Goodfellow et al. 2014, Generative adversarial nets",
    settings=GameSettings,
    order=210,
    train={**PLAYED, "batch_size": 128},
)
class Game(Maker):
    def __init__(self, settings: GameSettings, dimensions: int = 0, **sizes: int) -> None:
        """Of points in so many `dimensions`, or of pictures with `channels`, `height`, `width`."""
        super().__init__(settings)
        s = settings
        self.shape = (dimensions,) if dimensions else pictured(**sizes)
        D = math.prod(self.shape)
        self.maker = stack(s.n_z, s.n_hidden, s.n_layer, D, nn.ReLU())
        self.judge = stack(D, s.n_hidden, s.n_layer, 1, nn.LeakyReLU(LEAK))

    def made(self, z: Tensor) -> Tensor:
        x = self.maker(z).view(-1, *self.shape)  # (B, 2) or (B, channels, height, width)
        return x if len(self.shape) == 1 else x.sigmoid()

    def judged(self, things: Tensor) -> Tensor:
        return self.judge(things.flatten(1)).squeeze(1)  # (B,)


def stack(inputs: int, hidden: int, layers: int, outputs: int, activation: nn.Module) -> nn.Module:
    """Dense layers with the activation between them."""
    widths = [inputs, *[hidden] * layers]
    inner = [part for a, b in pairwise(widths) for part in (nn.Linear(a, b), activation)]
    return nn.Sequential(*inner, nn.Linear(widths[-1], outputs))


def pictured(channels: int, height: int, width: int, **others: int) -> tuple[int, int, int]:
    """The shape of a picture among the sizes of the data."""
    return channels, height, width
