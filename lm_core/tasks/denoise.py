"""Mend a noisy picture: what goes in has noise on it, what is asked for is the clean one.

    loss = mean over the pixels of (mended - clean)^2,   noisy = clamp(clean + s z, 0, 1)

Each step has noise of its own; the pictures that judge have the same noise each time.

Source: Vincent et al. 2008, "Extracting and composing robust features with denoising autoencoders".
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from lm_core.codec import Bare
from lm_core.models.contract import Model
from lm_core.pictures.noise import NoisyPictures, freshly_noisy, noisy, psnr
from lm_core.settings import Settings, setting
from lm_core.training.events import Preview
from lm_core.training.task import Loss, Scored, Task, tasks

AT_ONCE = 256  # pictures through the model together
SHOWN = 6


@dataclass(frozen=True)
class DenoiseSettings(Settings):
    """What has to be mended."""

    noise: float = setting(
        0.5,
        title="Noise",
        low=0.0,
        high=2.0,
        help="Spread of the noise that is put on the pictures; brightness goes from 0 to 1.",
    )


@tasks.register(
    "denoise",
    title="Mending pictures",
    idea="Draw a picture again without the noise that was put on it.",
    settings=DenoiseSettings,
    order=101,
)
class Denoise(Task):
    """Splits are `NoisyPictures`; (B, channels, height, width) -> the same."""

    judge, unit = "squared error", "squared error per pixel"
    kinds, split = ("picture classes",), NoisyPictures
    metrics: ClassVar = {"PSNR": "decibels"}

    def encode(self, corpus: Any, codec: Bare) -> dict[str, NoisyPictures]:
        """Noise that stays the same, of each split another one; training draws its own anew."""
        return {
            name: NoisyPictures(
                noisy(part.pixels, self.settings.noise, seed), part.pixels, part.labels
            )
            for seed, (name, part) in enumerate(sorted(corpus.splits.items()))
        }

    def loss(self, model: Model, noisy: Tensor, clean: Tensor, labels: Tensor, state: Any) -> Loss:
        given = freshly_noisy(clean, self.settings.noise) if model.training else noisy
        return Loss((model(given).float() - clean).square().flatten(1).mean(1))  # (B,)

    def evaluate(
        self, model: Model, data: Mapping[str, NoisyPictures], split: str, *, limit: int | None
    ) -> Scored:
        part = data[split]
        off = (mended(model, part.noisy[:limit]) - part.clean[:limit]).square().mean().item()
        n = len(part.clean[:limit])
        return Scored(off, n, n == len(part.clean), {"PSNR": psnr(off)})

    def blind(self, model: Model, data: Mapping[str, NoisyPictures]) -> float:
        """Of always drawing the mean of the training pictures."""
        judging = data.get("validation", data["train"])
        return float((judging.clean - data["train"].clean.mean(0)).square().mean())

    def baselines(self, model: Model, data: Mapping[str, NoisyPictures]) -> dict[str, float]:
        """Leaving the noise where it is, and taking the mean of each pixel and its neighbours."""
        part = data["validation"]
        blurred = torch.nn.functional.avg_pool2d(
            part.noisy, 3, stride=1, padding=1, count_include_pad=False
        )
        return {
            "left as it is": float((part.noisy - part.clean).square().mean()),
            "mean of 3 × 3": float((blurred - part.clean).square().mean()),
        }

    def preview(
        self,
        model: Model,
        codec: Bare,
        data: Mapping[str, NoisyPictures],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """A few pictures that it did not learn from: noisy, mended and clean, side by side."""
        part = data.get("validation", data["train"])
        given, clean = part.noisy[:SHOWN], part.clean[:SHOWN]
        drawn = mended(model, given)
        off = (drawn - clean).square().flatten(1).mean(1).tolist()
        beside = torch.cat([given, drawn, clean], dim=3).mean(1)  # (n, height, 3 width), grey
        return Preview(
            kind="pictures",
            columns=(beside.shape[2], beside.shape[1]),
            rows=tuple(tuple(one) for one in beside.flatten(1).clamp(0, 1).tolist()),
            captions=tuple(f"noisy, mended, clean: {psnr(one):.1f} dB" for one in off),
        )


@torch.no_grad()
def mended(model: Model, pixels: Tensor) -> Tensor:
    """(n, channels, height, width), in the mode the model is in."""
    return torch.cat([model(piece).float() for piece in pixels.split(AT_ONCE)])
