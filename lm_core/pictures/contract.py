"""What a step of the image bench takes and gives: a picture, what is marked on it, what is known.

    looked = begin(pixels)
    for step in chain:
        looked = step.done(looked)

Numbers are floats from 0, black, to 1, white; people read them as levels from 0 to 255.
"""

from dataclasses import dataclass, replace

import numpy as np

from lm_core.errors import Unsupported
from lm_core.registry import Registry

steps = Registry("step", package="lm_core.pictures.steps")
GRAY = (0.2125, 0.7154, 0.0721)  # of red, green and blue, as scikit-image weighs them


@dataclass(frozen=True)
class Box:
    """Pixels of a picture: the upper left one, and how many down and across."""

    row: int
    column: int
    height: int
    width: int


@dataclass(frozen=True, eq=False)
class Looked:
    """A picture on its way through the steps.

    `clean` is it before noise or damage came, `hole` (H, W) where it is damaged, `faces` where
    some were found. `lines` (each (N, 2): row, column), `points` (N, 2) and `boxes` are what the
    last step marked on it, `facts` what it counted: what, and the value.
    """

    pixels: np.ndarray  # (H, W) or (H, W, 3) float64
    clean: np.ndarray | None = None
    hole: np.ndarray | None = None
    faces: tuple[Box, ...] = ()
    lines: tuple[np.ndarray, ...] = ()
    points: np.ndarray | None = None
    boxes: tuple[Box, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()

    def now(self, pixels: np.ndarray, *facts: tuple[str, str], **marks: object) -> "Looked":
        """Another picture, of which nothing is known but what is given."""
        return Looked(np.clip(pixels, 0.0, 1.0), facts=facts, **marks)

    def marked(self, *facts: tuple[str, str], **marks: object) -> "Looked":
        """This picture with other marks."""
        bare = replace(self, lines=(), points=None, boxes=(), facts=facts)
        return replace(bare, **marks)


def begin(pixels: np.ndarray) -> Looked:
    """A picture of 8 bits a number, (H, W) or (H, W, 3)."""
    return Looked(pixels.astype(np.float64) / 255)


def gray(pixels: np.ndarray, weights: tuple[float, float, float] = GRAY) -> np.ndarray:
    """(H, W): Y = 0.2125 R + 0.7154 G + 0.0721 B, or other weights; gray stays gray."""
    return pixels if pixels.ndim == 2 else pixels @ np.array(weights)


def only_gray(looked: Looked) -> np.ndarray:
    """The pixels, (H, W).

    Raises:
        Unsupported: it has colours.
    """
    if looked.pixels.ndim == 3:
        raise Unsupported("This step needs a gray picture: put the step “Gray” before it.")
    return looked.pixels


def level(value: float) -> str:
    """A number as a level from 0 to 255: "17", "28.9"."""
    text = f"{255 * value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text.replace("-", "−")


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """The root of the mean squared difference, in levels."""
    return float(255 * np.sqrt(np.mean((one - other) ** 2)))
