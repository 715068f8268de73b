"""Black and white: one limit for all, or one for each pixel from what is around it."""

from dataclasses import dataclass

import numpy as np

from lm_core.errors import BadSettings
from lm_core.figures import percent
from lm_core.pictures.contract import Looked, level, only_gray, steps
from lm_core.pictures.histograms import otsu
from lm_core.settings import Settings, setting


def cut(looked: Looked, limit: float | np.ndarray, *facts: tuple[str, str]) -> Looked:
    """White where a pixel is lighter than its limit, else black."""
    pixels = only_gray(looked)
    white = (pixels * 255).round(6) > np.asarray(limit)
    return looked.now(white.astype(float), *facts, ("Share of white", percent(float(white.mean()))))


def _compared(before: Looked, limit: float, row: int, column: int) -> str:
    value = before.pixels[row, column]
    if round(255 * value, 6) > limit:
        return f"{level(value)} > {level(limit / 255)}: white, 255"
    return f"{level(value)} ≤ {level(limit / 255)}: black, 0"


@dataclass(frozen=True)
class ThresholdSettings(Settings):
    """One limit."""

    at: int = setting(127, title="Threshold", low=0, high=255, help="White is what is lighter.")


def _explain_threshold(
    before: Looked, after: Looked, chosen: ThresholdSettings, row: int, column: int
) -> list[str]:
    return [_compared(before, chosen.at, row, column)]


@steps.register(
    "threshold",
    title="Threshold",
    idea="White, 255, where a pixel is lighter than one limit for all; else black, 0.",
    settings=ThresholdSettings,
    order=30,
    explain=_explain_threshold,
)
def threshold(looked: Looked, chosen: ThresholdSettings) -> Looked:
    """Two classes by hand."""
    by_otsu = f"{otsu(only_gray(looked))}"
    return cut(looked, chosen.at, ("Otsu would take", by_otsu))


def _explain_otsu(
    before: Looked, after: Looked, chosen: Settings, row: int, column: int
) -> list[str]:
    limit = otsu(before.pixels)
    dark = before.pixels[(before.pixels * 255).round() <= limit]
    light = before.pixels[(before.pixels * 255).round() > limit]
    lines = [_compared(before, limit, row, column)]
    if dark.size and light.size:
        share = dark.size / before.pixels.size
        lines.append(
            f"why {limit}: {percent(share)} of the pixels are at most so light, with a mean of "
            f"{level(dark.mean())}, the others have {level(light.mean())}; no other limit leaves "
            "the two further apart"
        )
    return lines


@steps.register(
    "otsu",
    title="Threshold by Otsu",
    idea="The limit is found: the one that leaves light and dark furthest apart.",
    paper="Otsu, 1979",
    order=31,
    explain=_explain_otsu,
)
def by_otsu(looked: Looked, chosen: Settings) -> Looked:
    """Best where the histogram has two heaps."""
    limit = otsu(only_gray(looked))
    return cut(looked, limit, ("Threshold found", str(limit)))


@dataclass(frozen=True)
class LocalSettings(Settings):
    """A limit for each pixel."""

    block_size: int = setting(
        35,
        title="Block size, in pixels",
        low=3,
        high=201,
        help="How far around is looked; an odd number, and rather large.",
    )
    offset: float = setting(
        10.0,
        title="Offset, in levels",
        low=-100.0,
        high=100.0,
        help="Taken from the mean around; rather small.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.block_size % 2 == 0:
            raise BadSettings(
                "block_size must be odd, so that a pixel is in the middle of its block.",
                "block_size",
            )


def local_limits(pixels: np.ndarray, block_size: int, offset: float) -> np.ndarray:
    """(H, W) levels: the mean around each pixel, weighted as a bell over the block, less the
    offset."""
    from scipy import ndimage

    return 255 * ndimage.gaussian_filter(pixels, (block_size - 1) / 6) - offset


def _explain_local(
    before: Looked, after: Looked, chosen: LocalSettings, row: int, column: int
) -> list[str]:
    limit = local_limits(before.pixels, chosen.block_size, chosen.offset)[row, column]
    mean, offset = level((limit + chosen.offset) / 255), f"{chosen.offset:g}"
    return [
        f"limit here: weighted mean around {mean} − {offset} = {level(limit / 255)}",
        _compared(before, limit, row, column),
    ]


@steps.register(
    "local",
    title="Local threshold",
    idea="Each pixel has a limit of its own, from the light around it: for uneven light.",
    settings=LocalSettings,
    order=32,
    explain=_explain_local,
)
def local(looked: Looked, chosen: LocalSettings) -> Looked:
    """Equal to scikit-image's threshold_local."""
    limits = local_limits(only_gray(looked), chosen.block_size, chosen.offset)
    span = f"{level(limits.min() / 255)} – {level(limits.max() / 255)}"
    return cut(looked, limits, ("Limits from – to", span))
