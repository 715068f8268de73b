"""Denoising in Haar's wavelets: a picture as means and differences, small differences made 0.

    a = (x + y) / sqrt(2),   d = (x - y) / sqrt(2)

of two neighbours, rows first, then columns, and the means again, level by level. Noise is in every
difference alike, a picture in few: each is moved towards 0 by a threshold (Donoho, 1995), chosen
for each band from its own spread (BayesShrink: Chang, Yu, Vetterli, 2000). Done for each of some
shifts and averaged, so that no grid shows (Coifman, Donoho, 1995).
"""

import numpy as np

LEVELS = 3
SHIFTS = 4  # down, and as many across
MAD = 0.6745  # of a normal variable: median of |x| over its standard deviation


def forward(pixels: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Means (H/2, W/2), and the differences across, down and both. H and W are even."""
    low, high = _apart(pixels, 1)
    (mean, down), (across, both) = _apart(low, 0), _apart(high, 0)
    return mean, [across, down, both]


def backward(mean: np.ndarray, bands: list[np.ndarray]) -> np.ndarray:
    """The picture that `forward` took apart."""
    across, down, both = bands
    return _together(_together(mean, down, 0), _together(across, both, 0), 1)


def denoised(pixels: np.ndarray, sigma: float | None = None) -> np.ndarray:
    """(H, W) again. `sigma`: spread of the noise, from the finest differences where None."""
    H, W = pixels.shape
    side = 2**LEVELS
    padded = np.pad(pixels, ((0, -H % side + side), (0, -W % side + side)), mode="symmetric")
    sigma = spread_of_noise(pixels) if sigma is None else sigma
    total = np.zeros_like(padded)
    for i in range(SHIFTS):
        for j in range(SHIFTS):
            shifted = np.roll(padded, (i, j), (0, 1))
            total += np.roll(_shrunk(shifted, sigma, LEVELS), (-i, -j), (0, 1))
    return total[:H, :W] / SHIFTS**2


def spread_of_noise(pixels: np.ndarray) -> float:
    """Standard deviation of the noise, as the finest differences tell it."""
    H, W = (size - size % 2 for size in pixels.shape)
    _, (_, _, both) = forward(pixels[:H, :W])
    return float(np.median(np.abs(both)) / MAD)


def _shrunk(pixels: np.ndarray, sigma: float, levels: int) -> np.ndarray:
    mean, bands = forward(pixels)
    if levels > 1:
        mean = _shrunk(mean, sigma, levels - 1)
    return backward(mean, [_soft(band, sigma) for band in bands])


def _soft(band: np.ndarray, sigma: float) -> np.ndarray:
    """Nearer to 0 by sigma^2 over the spread of what is not noise."""
    signal = np.sqrt(max(float(np.mean(band**2)) - sigma**2, 0.0))
    limit = sigma**2 / signal if signal else np.inf
    return np.sign(band) * np.maximum(np.abs(band) - limit, 0.0)


def _apart(pixels: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    even, odd = (pixels.take(range(first, pixels.shape[axis], 2), axis=axis) for first in (0, 1))
    return (even + odd) / np.sqrt(2), (even - odd) / np.sqrt(2)


def _together(mean: np.ndarray, difference: np.ndarray, axis: int) -> np.ndarray:
    pairs = (mean + difference) / np.sqrt(2), (mean - difference) / np.sqrt(2)
    shape = list(mean.shape)
    shape[axis] *= 2
    return np.stack(pairs, axis=axis + 1).reshape(shape)
