"""A small grid of weights that is laid on every pixel in turn: what a filter is, and Sobel's two.

    g(r, c) = sum over i, j of k(i, j) f(r + i, c + j)
    edges = sqrt((g_rows^2 + g_columns^2) / 2)

Sobel and Feldman, 1968. At the border the picture is mirrored, its last row and column twice.
"""

import numpy as np

ROWS = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])  # answers to edges that lie flat
COLUMNS = ROWS.T  # ... and to those that stand
SHARE = 4  # the positive weights of each, which the sum is divided by


def neighbours(pixels: np.ndarray, row: int, column: int) -> np.ndarray:
    """(3, 3): a pixel in the middle and those around it. `pixels`: (H, W)."""
    padded = np.pad(pixels, 1, mode="symmetric")
    return padded[row : row + 3, column : column + 3]


def correlated(pixels: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """(H, W): the sum of the products of a (3, 3) kernel with the pixels under it."""
    H, W = pixels.shape
    padded = np.pad(pixels, 1, mode="symmetric")  # (H + 2, W + 2)
    total = np.zeros((H, W))
    for i in range(3):
        for j in range(3):
            total += kernel[i, j] * padded[i : i + H, j : j + W]
    return total


def sobel(pixels: np.ndarray) -> np.ndarray:
    """(H, W): how steep the picture is at each pixel, 0 on a plain ground."""
    rows = correlated(pixels, ROWS / SHARE)
    columns = correlated(pixels, COLUMNS / SHARE)
    return np.sqrt((rows**2 + columns**2) / 2)
