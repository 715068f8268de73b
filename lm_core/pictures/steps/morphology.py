"""Erosion and dilation on a picture: light things shrink or grow by a rectangle."""

from dataclasses import dataclass

import numpy as np

from lm_core.figures import percent
from lm_core.pictures.contract import Looked, level, only_gray, steps
from lm_core.pictures.morphology import dilation, erosion, under
from lm_core.settings import Settings, setting

SAID = 12  # values that are listed


@dataclass(frozen=True)
class ElementSettings(Settings):
    """The rectangle that is laid on every pixel."""

    rows: int = setting(3, title="Rows", low=1, high=25, help="Of the structuring element.")
    columns: int = setting(3, title="Columns", low=1, high=25, help="Of the structuring element.")

    def cells(self) -> np.ndarray:
        """All ones."""
        return np.ones((self.rows, self.columns), dtype=np.uint8)


def _values(before: Looked, chosen: ElementSettings, pad: float, row: int, column: int) -> str:
    values = under(before.pixels, chosen.cells(), pad, row, column)
    more = ", …" if values.size > SAID else ""
    return ", ".join(level(one) for one in values[:SAID]) + more


def _explain_erosion(
    before: Looked, after: Looked, chosen: ElementSettings, row: int, column: int
) -> list[str]:
    now = level(after.pixels[row, column])
    return [f"the smallest of {_values(before, chosen, 1.0, row, column)} is {now}"]


@steps.register(
    "erosion",
    title="Erosion",
    idea="A pixel is light where the rectangle fits entirely into what is light.",
    settings=ElementSettings,
    order=60,
    explain=_explain_erosion,
)
def erode(looked: Looked, chosen: ElementSettings) -> Looked:
    """Our own, equal to scikit-image's."""
    return _done(looked, erosion(only_gray(looked), chosen.cells()))


def _explain_dilation(
    before: Looked, after: Looked, chosen: ElementSettings, row: int, column: int
) -> list[str]:
    now = level(after.pixels[row, column])
    return [f"the largest of {_values(before, chosen, 0.0, row, column)} is {now}"]


@steps.register(
    "dilation",
    title="Dilation",
    idea="A pixel is light where the rectangle touches anything light.",
    settings=ElementSettings,
    order=61,
    explain=_explain_dilation,
)
def dilate(looked: Looked, chosen: ElementSettings) -> Looked:
    """Our own, equal to scikit-image's."""
    return _done(looked, dilation(only_gray(looked), chosen.cells()))


def _done(looked: Looked, after: np.ndarray) -> Looked:
    was, now = (percent(float((one > 0.5).mean())) for one in (looked.pixels, after))
    return looked.now(after, ("Share of light before", was), ("Share of light now", now))
