"""DCGAN: a GAN of convolutions alone, without dense layers and without pooling.

    G: z -> transposed convolutions, batch normalisation, ReLU, tanh last
    D: x -> strided convolutions, LeakyReLU -> one number

Paper: Radford, Metz and Chintala 2016, "Unsupervised representation learning with deep
convolutional generative adversarial networks".
Left out on purpose: batch normalisation in the judge, which for pictures this small steadies
nothing.
Strong and weak: Knows that neighbours belong together, so its pictures hang together too; each size
of picture needs a network of its own.

Shapes: B batch, Z = n_z, F = n_filter.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from lm_core.errors import BadSettings
from lm_core.models.contract import models
from lm_core.models.pictures.game import LEAK, PLAYED, Maker, noise_width, pictured
from lm_core.settings import Settings, setting

SMALLEST = 7  # pixels of the side that the first layer draws, at most

ACTIVATIONS = {"relu": nn.ReLU, "leaky relu": lambda: nn.LeakyReLU(LEAK), "tanh": nn.Tanh}


@dataclass(frozen=True)
class DCGANSettings(Settings):
    """How wide, and what the paper recommends, to be exchanged."""

    n_z: int = noise_width(16)
    n_filter: int = setting(
        32, title="Filters", low=1, high=512, help="Of the layers next to the picture."
    )
    maker_activation: str = setting(
        "relu",
        title="Maker's activation",
        choices=tuple(ACTIVATIONS),
        help="Between its layers; the paper takes relu.",
        advanced=True,
    )
    judge_activation: str = setting(
        "leaky relu",
        title="Judge's activation",
        choices=tuple(ACTIVATIONS),
        help="Between its layers; the paper takes leaky relu.",
        advanced=True,
    )
    batch_norm: bool = setting(
        True,
        title="Batch normalisation",
        help="In the maker: each channel at mean 0 and spread 1 over the batch.",
        advanced=True,
    )


@models.register(
    "dcgan",
    title="DCGAN",
    idea="A maker and a judge of convolutions alone.",
    paper="Radford, Metz and Chintala 2016, Unsupervised representation learning with DCGAN",
    settings=DCGANSettings,
    order=211,
    train={**PLAYED, "batch_size": 64},
)
class DCGAN(Maker):
    tasks = ("adversarial-pictures",)

    def __init__(self, settings: DCGANSettings, **sizes: int) -> None:
        super().__init__(settings)
        s = settings
        channels, height, width = pictured(**sizes)
        steps, first = 0, [height, width]
        while max(first) > SMALLEST:
            if first[0] % 2 or first[1] % 2:
                raise BadSettings(
                    f"A DCGAN doubles a small picture until it fits, and {height} × {width} pixels "
                    "are not reached so: take pictures whose sides can be halved down to 7 or less."
                )
            steps, first = steps + 1, [first[0] // 2, first[1] // 2]
        wide = [s.n_filter * 2**k for k in range(steps)]  # nearest to the picture first
        inner, outer = ACTIVATIONS[s.maker_activation], ACTIVATIONS[s.judge_activation]
        maker, judge = [], []
        most = wide[-1] if wide else channels
        maker.append(nn.ConvTranspose2d(s.n_z, most, tuple(first)))  # (B, F doubled, first)
        for k in reversed(range(steps)):
            maker += [nn.BatchNorm2d(wide[k])] if s.batch_norm else []
            less = wide[k - 1] if k else channels
            maker += [inner(), nn.ConvTranspose2d(wide[k], less, 4, stride=2, padding=1)]
        self.maker = nn.Sequential(*maker, nn.Tanh())
        before = channels
        for width_ in wide:
            judge += [nn.Conv2d(before, width_, 4, stride=2, padding=1), outer()]
            before = width_
        self.judge = nn.Sequential(*judge, nn.Conv2d(before, 1, tuple(first)))

    def made(self, z: Tensor) -> Tensor:
        return (self.maker(z[:, :, None, None]) + 1) / 2  # (B, channels, height, width)

    def judged(self, things: Tensor) -> Tensor:
        return self.judge(2 * things - 1).flatten()  # (B,)
