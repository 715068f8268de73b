"""What is found in a picture: superpixels, contours, corners. The picture stays, with marks on it;
superpixels become their mean colour."""

from dataclasses import dataclass

import numpy as np

from lm_core.pictures.contract import Looked, gray, level, only_gray, steps
from lm_core.pictures.extra import scikit_image
from lm_core.settings import Settings, setting

MOST = 5_000  # contours or corners that are drawn


@dataclass(frozen=True)
class SuperpixelSettings(Settings):
    """How many, and how round."""

    n_segments: int = setting(
        300, title="Superpixels", low=2, high=2000, help="About how many there should be."
    )
    compactness: float = setting(
        10.0,
        title="Compactness",
        low=0.1,
        high=100.0,
        help="The higher, the more place counts, and the squarer they are.",
    )


def _explain_superpixels(
    before: Looked, after: Looked, chosen: SuperpixelSettings, row: int, column: int
) -> list[str]:
    same = np.all(np.atleast_3d(after.pixels) == np.atleast_3d(after.pixels)[row, column], axis=-1)
    value, now = (np.atleast_1d(one.pixels[row, column])[0] for one in (before, after))
    return [
        f"this pixel and {int(same.sum()) - 1:,} others of its superpixel take their mean: "
        f"{level(value)} becomes {level(now)}"
    ]


@steps.register(
    "superpixels",
    title="Superpixels",
    idea="K-means over place and colour: neighbours that look alike become one piece.",
    settings=SuperpixelSettings,
    paper="SLIC: Achanta and others, 2012",
    order=90,
    explain=_explain_superpixels,
)
def superpixels(looked: Looked, chosen: SuperpixelSettings) -> Looked:
    """By scikit-image's slic; each piece is shown in its mean colour."""
    scikit_image()
    from skimage import color, segmentation

    axis = None if looked.pixels.ndim == 2 else -1
    labels = segmentation.slic(
        looked.pixels,
        n_segments=chosen.n_segments,
        compactness=chosen.compactness,
        channel_axis=axis,
    )
    shown = color.label2rgb(labels, np.atleast_3d(looked.pixels), kind="avg")
    pixels = shown if looked.pixels.ndim == 3 else np.asarray(shown)[..., 0]
    sizes = np.bincount(labels.ravel())[1:]
    mean = f"{sizes[sizes > 0].mean():,.0f}"
    return looked.now(
        pixels, ("Superpixels", f"{len(np.unique(labels)):,}"), ("Pixels in each, on average", mean)
    )


@dataclass(frozen=True)
class ContourSettings(Settings):
    """Along which level."""

    level: float = setting(
        127.5, title="Level", low=0.0, high=255.0, help="The line goes between darker and lighter."
    )


def _explain_contours(
    before: Looked, after: Looked, chosen: ContourSettings, row: int, column: int
) -> list[str]:
    H, W = before.pixels.shape
    value = before.pixels[row, column]
    lines = []
    for side, (r, c) in {"right": (row, column + 1), "below": (row + 1, column)}.items():
        if r >= H or c >= W:
            continue
        other = before.pixels[r, c]
        low, high = sorted((value, other))
        if low <= chosen.level / 255 < high:
            share = (chosen.level / 255 - value) / (other - value)
            lines.append(
                f"to the pixel {side}: from {level(value)} to {level(other)}, so the line crosses "
                f"at {share:.2f} of the way"
            )
    return lines or [f"{level(value)} here: no line passes to the right or below"]


@steps.register(
    "contours",
    title="Contours",
    idea="Lines along one level, as on a map. Each closed one goes around an object.",
    settings=ContourSettings,
    paper="Marching squares: Lorensen, Cline, 1987",
    order=91,
    explain=_explain_contours,
)
def contours(looked: Looked, chosen: ContourSettings) -> Looked:
    """By scikit-image's find_contours."""
    pixels = only_gray(looked)
    scikit_image()
    from skimage import measure

    lines = measure.find_contours(pixels, chosen.level / 255)
    closed = sum(bool(np.array_equal(line[0], line[-1])) for line in lines)
    long = sorted(lines, key=len, reverse=True)
    large = sum(len(line) >= 40 for line in lines)
    return looked.marked(
        ("Contours", f"{len(lines):,}"),
        ("Of them closed", f"{closed:,}"),
        ("Of 40 points and more", f"{large:,}"),
        lines=tuple(long[:MOST]),
    )


@dataclass(frozen=True)
class CornerSettings(Settings):
    """How far apart, how strong."""

    min_distance: int = setting(
        5,
        title="Smallest distance, in pixels",
        low=1,
        high=100,
        help="Of two corners nearer than that the stronger stays.",
    )
    threshold_rel: float = setting(
        0.02,
        title="Weakest",
        low=0.0,
        high=1.0,
        help="Share of the strongest answer that a corner must have.",
    )


def _explain_corners(
    before: Looked, after: Looked, chosen: CornerSettings, row: int, column: int
) -> list[str]:
    A = structure(gray(before.pixels))[row, column] * 1000
    trace = A[0, 0] + A[1, 1]
    response = A[0, 0] * A[1, 1] - A[0, 1] ** 2 - 0.05 * trace**2
    said = f"{response:,.2f}".replace("-", "−")
    return [
        f"how steep around here, times 1,000: down {A[0, 0]:.2f}, across {A[1, 1]:.2f}, both "
        f"{A[0, 1]:.2f}",
        f"R = {A[0, 0]:.2f} × {A[1, 1]:.2f} − ({A[0, 1]:.2f})² − 0.05 × ({trace:.2f})² = {said}",
    ]


def structure(pixels: np.ndarray, sigma: float = 1.0) -> np.ndarray:
    """(H, W, 2, 2): products of the slopes down and across, smoothed by a bell."""
    from scipy import ndimage

    slopes = [ndimage.sobel(pixels, axis=axis, mode="constant") for axis in (0, 1)]
    found = np.empty((*pixels.shape, 2, 2))
    for i in range(2):
        for j in range(2):
            found[..., i, j] = ndimage.gaussian_filter(
                slopes[i] * slopes[j], sigma, mode="constant"
            )
    return found


@steps.register(
    "corners",
    title="Corners",
    idea="Harris: where the picture is steep both down and across, and not only along an edge.",
    settings=CornerSettings,
    paper="Harris, Stephens, 1988",
    order=92,
    explain=_explain_corners,
)
def corners(looked: Looked, chosen: CornerSettings) -> Looked:
    """By scikit-image's corner_harris and corner_peaks."""
    scikit_image()
    from skimage import feature

    found = feature.corner_peaks(
        feature.corner_harris(gray(looked.pixels)),
        min_distance=chosen.min_distance,
        threshold_rel=chosen.threshold_rel,
    )
    return looked.marked(("Corners", f"{len(found):,}"), points=found[:MOST])
