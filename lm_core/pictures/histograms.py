"""What a histogram tells: where to cut light from dark, and how to spread what is crowded.

Otsu's threshold leaves the classes on its two sides as far apart as can be:

    sigma^2(t) = w_0(t) w_1(t) (mu_0(t) - mu_1(t))^2

Otsu, 1979, "A threshold selection method from gray-level histograms". All here is of pictures
(H, W) with numbers from 0 to 1.
"""

import numpy as np

BINS = 256


def histogram(pixels: np.ndarray) -> np.ndarray:
    """(256,): how many pixels have each level."""
    return np.bincount((pixels * 255).round().astype(int).ravel(), minlength=BINS)


def otsu(pixels: np.ndarray) -> int:
    """The level from 0 to 255 at or below which a pixel is dark."""
    counts = histogram(pixels).astype(float)
    levels = np.arange(BINS)
    dark, light = np.cumsum(counts), np.cumsum(counts[::-1])[::-1]
    sums, other = np.cumsum(counts * levels), np.cumsum((counts * levels)[::-1])[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        between = dark[:-1] * light[1:] * (sums[:-1] / dark[:-1] - other[1:] / light[1:]) ** 2
    return int(np.nanargmax(between)) if np.isfinite(between).any() else int(pixels.max() * 255)


def contrast(pixels: np.ndarray) -> float:
    """The lightest minus the darkest, in levels."""
    return float(255 * (pixels.max() - pixels.min()))


def stretched(pixels: np.ndarray) -> np.ndarray:
    """The picture stretched from black to white; a plain one stays as it is."""
    low, high = pixels.min(), pixels.max()
    return (pixels - low) / (high - low) if high > low else pixels


def equalized(pixels: np.ndarray) -> np.ndarray:
    """Each pixel becomes the share of all pixels that are in bins up to its own, read between two
    bins in a straight line."""
    counts, edges = np.histogram(pixels, bins=BINS)
    middles = (edges[:-1] + edges[1:]) / 2
    return np.interp(pixels, middles, np.cumsum(counts) / pixels.size)
