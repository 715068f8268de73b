"""Edges: where the picture is steep. Sobel, a kernel of one's own, Canny."""

from dataclasses import dataclass

import numpy as np

from lm_core.errors import BadSettings
from lm_core.pictures.contract import Looked, level, only_gray, steps
from lm_core.pictures.extra import scikit_image
from lm_core.pictures.filters import COLUMNS, ROWS, SHARE, correlated, neighbours, sobel
from lm_core.settings import Settings, setting


def products(around: np.ndarray, kernel: np.ndarray) -> str:
    """The nine products as a sum, without those that are nothing times something."""
    terms = [
        f"{weight:g} × {level(value)}"
        for weight, value in zip(kernel.flat, around.flat, strict=True)
        if weight
    ]
    return " + ".join(terms).replace("+ -", "− ").replace("-", "−") or "0"


def _explain_sobel(
    before: Looked, after: Looked, chosen: Settings, row: int, column: int
) -> list[str]:
    around = neighbours(before.pixels, row, column)
    flat, upright = ((around * kernel).sum() / SHARE for kernel in (ROWS, COLUMNS))
    return [
        f"rows: ({products(around, ROWS)}) / {SHARE} = {level(flat)}",
        f"columns: ({products(around, COLUMNS)}) / {SHARE} = {level(upright)}",
        f"√((({level(flat)})² + ({level(upright)})²) / 2) = {level(after.pixels[row, column])}",
    ]


@steps.register(
    "sobel",
    title="Sobel",
    idea="Two grids of weights measure how steep the picture is, down and across.",
    order=40,
    explain=_explain_sobel,
)
def edges(looked: Looked, chosen: Settings) -> Looked:
    """Our own, equal to scikit-image's."""
    pixels = sobel(only_gray(looked))
    return looked.now(pixels, ("Steepest, in levels", level(float(pixels.max()))))


@dataclass(frozen=True)
class KernelSettings(Settings):
    """Nine weights of one's own."""

    weights: str = setting(
        "0 -1 0 / -1 5 -1 / 0 -1 0",
        title="Weights",
        help="Three rows of three numbers, with blanks between numbers and / between rows.",
    )
    divide: float = setting(
        1.0, title="Divided by", low=0.01, high=1000.0, help="What the sum is divided by."
    )
    add: float = setting(
        0.0, title="Plus", low=-255.0, high=255.0, help="Levels added, to see what is below zero."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self.kernel()

    def kernel(self) -> np.ndarray:
        """(3, 3). Raises BadSettings where there are not nine numbers."""
        try:
            rows = [[float(one) for one in row.split()] for row in self.weights.split("/")]
        except ValueError:
            rows = []
        good = len(rows) == 3 and all(len(row) == 3 for row in rows)
        if not good or not all(abs(one) <= 1000 for row in rows for one in row):
            raise BadSettings(
                "weights must be three rows of three numbers up to 1,000, with / between the rows.",
                "weights",
            )
        return np.array(rows)


def _explain_kernel(
    before: Looked, after: Looked, chosen: KernelSettings, row: int, column: int
) -> list[str]:
    kernel = chosen.kernel()
    around = neighbours(before.pixels, row, column)
    total = float((around * kernel).sum()) / chosen.divide + chosen.add / 255
    lines = [f"({products(around, kernel)}) / {chosen.divide:g} + {chosen.add:g} = {level(total)}"]
    if not 0 <= total <= 1:
        lines.append(f"cut to what can be shown: {level(after.pixels[row, column])}")
    return lines


@steps.register(
    "kernel",
    title="Your own kernel",
    idea="Nine weights, laid on every pixel: to sharpen, to blur, to find what you like.",
    settings=KernelSettings,
    order=41,
    explain=_explain_kernel,
)
def own_kernel(looked: Looked, chosen: KernelSettings) -> Looked:
    """A sum of nine products for each pixel, cut to black and white."""
    pixels = correlated(only_gray(looked), chosen.kernel()) / chosen.divide + chosen.add / 255
    outside = int(((pixels < 0) | (pixels > 1)).sum())
    return looked.now(pixels, ("Pixels that were cut", f"{outside:,}"))


@dataclass(frozen=True)
class CannySettings(Settings):
    """How much is smoothed first."""

    sigma: float = setting(
        1.0,
        title="Sigma, in pixels",
        low=0.1,
        high=10.0,
        help="Width of the blur before: the wider, the fewer edges.",
    )


def _explain_canny(
    before: Looked, after: Looked, chosen: CannySettings, row: int, column: int
) -> list[str]:
    from scipy import ndimage

    smooth = ndimage.gaussian_filter(before.pixels, chosen.sigma, mode="constant")
    around = neighbours(smooth, row, column)
    flat, upright = (float((around * kernel).sum()) for kernel in (ROWS, COLUMNS))
    strength = level(float(np.hypot(flat, upright)))
    said = "an edge" if after.pixels[row, column] else "no edge"
    return [
        f"smoothed: {level(before.pixels[row, column])} becomes {level(smooth[row, column])}",
        f"Sobel on that, not divided: {level(flat)} down, {level(upright)} across, {strength} "
        "together",
        "kept only where it is the largest across the edge, so that edges are one pixel wide",
        f"from 51 on it is an edge, from 25.5 on beside one: here {said}",
    ]


@steps.register(
    "canny",
    title="Canny",
    idea="Blur, Sobel, thin, and keep what is strong or hangs on something strong.",
    settings=CannySettings,
    order=42,
    explain=_explain_canny,
)
def canny(looked: Looked, chosen: CannySettings) -> Looked:
    """By scikit-image; its limits are 0.1 and 0.2 of white."""
    only_gray(looked)
    scikit_image()
    from skimage import feature

    found = feature.canny(looked.pixels, sigma=chosen.sigma)
    return looked.now(found.astype(float), ("Pixels of edges", f"{int(found.sum()):,}"))
