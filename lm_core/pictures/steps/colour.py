"""Colour and gray: a weighted sum of three numbers, and the way back that brings no colour."""

from dataclasses import dataclass

import numpy as np

from lm_core.pictures.contract import GRAY, Looked, gray, level, steps
from lm_core.settings import Settings, setting


@dataclass(frozen=True)
class GraySettings(Settings):
    """How much each colour counts; the eye sees green best."""

    red: float = setting(GRAY[0], title="Red", low=0.0, high=1.0, help="Weight of the red number.")
    green: float = setting(
        GRAY[1], title="Green", low=0.0, high=1.0, help="Weight of the green number."
    )
    blue: float = setting(
        GRAY[2], title="Blue", low=0.0, high=1.0, help="Weight of the blue number."
    )


def _explain_gray(
    before: Looked, after: Looked, chosen: GraySettings, row: int, column: int
) -> list[str]:
    if before.pixels.ndim == 2:
        return ["The picture was gray already: nothing changes."]
    weights = (chosen.red, chosen.green, chosen.blue)
    terms = zip(weights, before.pixels[row, column], strict=True)
    said = " + ".join(f"{weight:g} × {level(value)}" for weight, value in terms)
    return [f"{said} = {level(after.pixels[row, column])}"]


@steps.register(
    "gray",
    title="Gray",
    idea="One number a pixel: a weighted sum of its red, green and blue.",
    settings=GraySettings,
    order=10,
    explain=_explain_gray,
)
def to_gray(looked: Looked, chosen: GraySettings) -> Looked:
    """(H, W, 3) -> (H, W)."""
    weights = (chosen.red, chosen.green, chosen.blue)
    total = f"{sum(weights):g}"
    return looked.now(gray(looked.pixels, weights), ("Sum of the weights", total))


def _explain_rgb(
    before: Looked, after: Looked, chosen: Settings, row: int, column: int
) -> list[str]:
    if before.pixels.ndim == 3:
        return ["The picture has three numbers a pixel already: nothing changes."]
    value = level(before.pixels[row, column])
    return [f"{value} becomes {value}, {value}, {value}"]


@steps.register(
    "rgb",
    title="Gray to RGB",
    idea="The gray number three times; which colour it was, nobody knows any more.",
    order=11,
    explain=_explain_rgb,
)
def to_rgb(looked: Looked, chosen: Settings) -> Looked:
    """(H, W) -> (H, W, 3)."""
    pixels = looked.pixels
    return looked.now(np.stack([pixels] * 3, axis=-1) if pixels.ndim == 2 else pixels)


def _explain_invert(
    before: Looked, after: Looked, chosen: Settings, row: int, column: int
) -> list[str]:
    values = np.atleast_1d(before.pixels[row, column])
    return [", ".join(f"255 − {level(one)} = {level(1 - one)}" for one in values)]


@steps.register(
    "invert",
    title="Negative",
    idea="Dark becomes light: what is looked for should be white.",
    order=12,
    explain=_explain_invert,
)
def invert(looked: Looked, chosen: Settings) -> Looked:
    """255 minus each number."""
    return looked.now(1 - looked.pixels)
