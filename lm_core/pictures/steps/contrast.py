"""Contrast: stretched, equalized, and equalized tile by tile with a brake (CLAHE).

A picture with colours keeps them: stretching and equalizing change its three numbers alike.
"""

from dataclasses import dataclass

import numpy as np

from lm_core.figures import percent
from lm_core.pictures.contract import Looked, level, only_gray, steps
from lm_core.pictures.extra import scikit_image
from lm_core.pictures.histograms import contrast, equalized, stretched
from lm_core.settings import Settings, setting


def _facts(before: np.ndarray, after: np.ndarray) -> tuple[tuple[str, str], ...]:
    was, now = level(contrast(before) / 255), level(contrast(after) / 255)
    return ("Contrast before", was), ("Contrast now", now)


def _explain_stretch(
    before: Looked, after: Looked, chosen: Settings, row: int, column: int
) -> list[str]:
    low, high = before.pixels.min(), before.pixels.max()
    value, now = (np.atleast_1d(one.pixels[row, column])[0] for one in (before, after))
    span = f"{level(high)} − {level(low)}"
    return [
        f"contrast: lightest − darkest = {span} = {level(high - low)}",
        f"({level(value)} − {level(low)}) / ({span}) × 255 = {level(now)}",
    ]


@steps.register(
    "stretch",
    title="Stretch the contrast",
    idea="The darkest pixel becomes black and the lightest white; what is between follows.",
    order=50,
    explain=_explain_stretch,
)
def stretch(looked: Looked, chosen: Settings) -> Looked:
    """Equal to scikit-image's rescale_intensity."""
    after = stretched(looked.pixels)
    return looked.now(after, *_facts(looked.pixels, after))


def _explain_equalize(
    before: Looked, after: Looked, chosen: Settings, row: int, column: int
) -> list[str]:
    value, now = before.pixels[row, column], after.pixels[row, column]
    share = float((before.pixels <= value).mean())
    return [
        f"{percent(share)} of the pixels are at most {level(value)}: it becomes about that share "
        f"of 255, here {level(now)}"
    ]


@steps.register(
    "equalize",
    title="Equalize the histogram",
    idea="A pixel becomes as light as the share of pixels that are darker than it.",
    order=51,
    explain=_explain_equalize,
)
def equalize(looked: Looked, chosen: Settings) -> Looked:
    """Equal to scikit-image's equalize_hist."""
    after = equalized(only_gray(looked))
    return looked.now(after, *_facts(looked.pixels, after))


@dataclass(frozen=True)
class ClaheSettings(Settings):
    """How much of a tile's contrast may come."""

    clip_limit: float = setting(
        0.03,
        title="Clip limit",
        low=0.001,
        high=1.0,
        help="The higher, the more contrast, and the more noise.",
    )


def _explain_clahe(
    before: Looked, after: Looked, chosen: ClaheSettings, row: int, column: int
) -> list[str]:
    value, now = (np.atleast_1d(one.pixels[row, column])[0] for one in (before, after))
    return [
        f"{level(value)} becomes {level(now)}: equalized in the tiles around it, an eighth of the "
        "picture high and wide, and mixed by how near they are"
    ]


@steps.register(
    "clahe",
    title="CLAHE",
    idea="Equalized in tiles, where no level may come too often: dark corners get their contrast.",
    settings=ClaheSettings,
    paper="Zuiderveld, 1994",
    order=52,
    explain=_explain_clahe,
)
def clahe(looked: Looked, chosen: ClaheSettings) -> Looked:
    """By scikit-image's equalize_adapthist."""
    scikit_image()
    from skimage import exposure

    after = exposure.equalize_adapthist(looked.pixels, clip_limit=chosen.clip_limit)
    return looked.now(after, *_facts(looked.pixels, after))
