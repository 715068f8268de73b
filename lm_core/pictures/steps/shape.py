"""Flips, turns and another size. Where a pixel came from is its arithmetic."""

import math
from dataclasses import dataclass

import numpy as np

from lm_core.errors import Unsupported
from lm_core.pictures.contract import Looked, steps
from lm_core.pictures.extra import scikit_image
from lm_core.settings import Settings, setting

MOST, TURNED = 640, 1024  # pixels along a side, that another size and a turn may make


def _from_below(before: Looked, chosen: Settings, row: float, column: float) -> tuple:
    return before.pixels.shape[0] - 1 - row, column


def _from_the_right(before: Looked, chosen: Settings, row: float, column: float) -> tuple:
    return row, before.pixels.shape[1] - 1 - column


def _explain_up(
    before: Looked, after: Looked, chosen: Settings, row: int, column: int
) -> list[str]:
    H = before.pixels.shape[0]
    return [f"row {row} comes from row {H} − 1 − {row} = {H - 1 - row}; the column stays"]


@steps.register(
    "flip-up",
    title="Flip up and down",
    idea="The last row becomes the first.",
    order=20,
    explain=_explain_up,
    source=_from_below,
)
def flip_up(looked: Looked, chosen: Settings) -> Looked:
    """np.flipud."""
    return looked.now(looked.pixels[::-1])


def _explain_left(
    before: Looked, after: Looked, chosen: Settings, row: int, column: int
) -> list[str]:
    W = before.pixels.shape[1]
    return [f"column {column} comes from column {W} − 1 − {column} = {W - 1 - column}"]


@steps.register(
    "flip-left",
    title="Flip left and right",
    idea="The last column becomes the first, as in a mirror.",
    order=21,
    explain=_explain_left,
    source=_from_the_right,
)
def flip_left(looked: Looked, chosen: Settings) -> Looked:
    """np.fliplr."""
    return looked.now(looked.pixels[:, ::-1])


@dataclass(frozen=True)
class RotateSettings(Settings):
    """How far it is turned."""

    angle: float = setting(
        -90.0,
        title="Angle, in degrees",
        low=-180.0,
        high=180.0,
        help="Against the clock; a negative one turns with it.",
    )
    resize: bool = setting(
        True, title="Keep the corners", help="The picture becomes larger, so that all of it stays."
    )


def _turned_back(
    before: Looked, chosen: RotateSettings, row: float, column: float
) -> tuple[float, float]:
    H, W = before.pixels.shape[:2]
    high, wide = _turned_size(H, W, chosen)
    y, x = row - (high - 1) / 2, column - (wide - 1) / 2
    turn = math.radians(chosen.angle)
    back = y * math.cos(turn) + x * math.sin(turn), x * math.cos(turn) - y * math.sin(turn)
    return back[0] + (H - 1) / 2, back[1] + (W - 1) / 2


def _turned_size(H: int, W: int, chosen: RotateSettings) -> tuple[int, int]:
    if not chosen.resize:
        return H, W
    turn = math.radians(chosen.angle)
    c, s = abs(math.cos(turn)), abs(math.sin(turn))
    return round((H - 1) * c + (W - 1) * s + 1), round((W - 1) * c + (H - 1) * s + 1)


def _explain_source(
    before: Looked, after: Looked, chosen: RotateSettings, row: int, column: int
) -> list[str]:
    y, x = _turned_back(before, chosen, row, column)
    H, W = before.pixels.shape[:2]
    if not (0 <= y <= H - 1 and 0 <= x <= W - 1):
        return ["Turned back, this pixel lies outside of the picture: it is black."]
    return [
        f"turned back by {chosen.angle:g} degrees, this pixel lies at row {y:.2f}, column {x:.2f} "
        "of the picture before; its value is mixed from the four pixels around"
    ]


@steps.register(
    "rotate",
    title="Rotate",
    idea="Each new pixel is looked up where it was before the turn.",
    settings=RotateSettings,
    order=22,
    explain=_explain_source,
    source=_turned_back,
)
def rotate(looked: Looked, chosen: RotateSettings) -> Looked:
    """By scikit-image, bilinear."""
    if max(_turned_size(*looked.pixels.shape[:2], chosen)) > TURNED:
        raise Unsupported(
            f"The turned picture would be more than {TURNED:,} pixels long: switch “Keep the "
            "corners” off, or make it smaller first."
        )
    scikit_image()
    from skimage import transform

    return looked.now(transform.rotate(looked.pixels, chosen.angle, resize=chosen.resize))


@dataclass(frozen=True)
class ResizeSettings(Settings):
    """Rows and columns, whatever the picture's own shape is."""

    height: int = setting(200, title="Rows", low=8, high=MOST, help="Of the new picture.")
    width: int = setting(250, title="Columns", low=8, high=MOST, help="Of the new picture.")
    smooth: bool = setting(
        True, title="Anti-aliasing", help="Blurs first, where the picture becomes smaller."
    )


def _stretched(before: Looked, chosen: ResizeSettings, row: float, column: float) -> tuple:
    H, W = before.pixels.shape[:2]
    return (row + 0.5) * H / chosen.height - 0.5, (column + 0.5) * W / chosen.width - 0.5


def _explain_stretched(
    before: Looked, after: Looked, chosen: ResizeSettings, row: int, column: int
) -> list[str]:
    y, x = _stretched(before, chosen, row, column)
    H, W = before.pixels.shape[:2]
    return [
        f"row ({row} + 0.5) × {H} / {chosen.height} − 0.5 = {y:.2f} of the picture before",
        f"column ({column} + 0.5) × {W} / {chosen.width} − 0.5 = {x:.2f} of the picture before",
    ]


@steps.register(
    "resize",
    title="Resize",
    idea="So many rows and columns: where the shape is another, things become wider or higher.",
    settings=ResizeSettings,
    order=24,
    explain=_explain_stretched,
    source=_stretched,
)
def resize(looked: Looked, chosen: ResizeSettings) -> Looked:
    """By scikit-image, bilinear."""
    return _of_size(looked, chosen.height, chosen.width, chosen.smooth)


def _of_size(looked: Looked, high: int, wide: int, smooth: bool) -> Looked:
    scikit_image()
    from skimage import transform

    H, W = looked.pixels.shape[:2]
    pixels = np.asarray(transform.resize(looked.pixels, (high, wide), anti_aliasing=smooth))
    before, now = f"{H:,} × {W:,}", f"{high:,} × {wide:,}"
    return looked.now(pixels, ("Pixels before", before), ("Pixels now", now))


@dataclass(frozen=True)
class RescaleSettings(Settings):
    """Another size."""

    factor: float = setting(
        0.25, title="Factor", low=0.05, high=3.0, help="0.25: a quarter as many rows and columns."
    )
    smooth: bool = setting(
        True,
        title="Anti-aliasing",
        help="Blurs first, so that fine stripes become gray and not other, coarse stripes.",
    )


def _larger(before: Looked, chosen: RescaleSettings, row: float, column: float) -> tuple:
    H, W = before.pixels.shape[:2]
    high, wide = max(1, round(H * chosen.factor)), max(1, round(W * chosen.factor))
    return (row + 0.5) * H / high - 0.5, (column + 0.5) * W / wide - 0.5


def _explain_size(
    before: Looked, after: Looked, chosen: RescaleSettings, row: int, column: int
) -> list[str]:
    y, x = _larger(before, chosen, row, column)
    one = 1 / chosen.factor
    covers = f"one pixel now stands for {one:.3g} × {one:.3g} before" if one > 1 else ""
    place = f"this pixel lies at row {y:.2f}, column {x:.2f} of the picture before"
    return [line for line in (place, covers) if line]


@steps.register(
    "rescale",
    title="Rescale",
    idea="Fewer or more pixels. What is finer than the new ones shows as stripes that never were.",
    settings=RescaleSettings,
    order=23,
    explain=_explain_size,
    source=_larger,
)
def rescale(looked: Looked, chosen: RescaleSettings) -> Looked:
    """By scikit-image, bilinear."""
    H, W = looked.pixels.shape[:2]
    high = min(MOST, max(1, round(H * chosen.factor)))
    wide = min(MOST, max(1, round(W * chosen.factor)))
    return _of_size(looked, high, wide, chosen.smooth)
