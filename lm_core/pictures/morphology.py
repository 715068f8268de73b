"""Erosion and dilation: a small shape, the structuring element, is laid on every pixel.

    dilation: light where the shape hits something light     max of f(r + i, c + j)
    erosion:  light where the shape fits into what is light   min of f(r + i, c + j)

over the cells (i, j) of the shape. Beyond the border nothing hits and everything fits: it is padded
with 0 for dilation, with 1 for erosion. The shape's origin is its middle, where it has an even
number of rows or columns the last before the middle. Serra, 1982.
"""

import numpy as np


def origin(shape: np.ndarray) -> tuple[int, int]:
    """Row and column of the cell that lies on the pixel."""
    return (shape.shape[0] - 1) // 2, (shape.shape[1] - 1) // 2


def under(picture: np.ndarray, shape: np.ndarray, pad: float, row: int, column: int) -> np.ndarray:
    """The pixels under the cells of the shape at one place, in order."""
    rows, columns = shape.shape
    padded = _padded(picture, shape, pad)
    return padded[row : row + rows, column : column + columns][shape.astype(bool)]


def dilation(picture: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """(H, W): the largest value under the shape; (I, J) of 0 and 1, with a 1 in it."""
    return _over(picture, shape, 0.0, np.maximum)


def erosion(picture: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """(H, W): the smallest value under the shape."""
    return _over(picture, shape, 1.0, np.minimum)


def _padded(picture: np.ndarray, shape: np.ndarray, pad: float) -> np.ndarray:
    i, j = origin(shape)
    around = ((i, shape.shape[0] - 1 - i), (j, shape.shape[1] - 1 - j))
    return np.pad(picture, around, constant_values=pad)


def _over(picture: np.ndarray, shape: np.ndarray, pad: float, better: np.ufunc) -> np.ndarray:
    H, W = picture.shape
    padded = _padded(picture, shape, pad)
    found = np.full((H, W), pad, picture.dtype)
    for i, j in np.argwhere(shape):
        found = better(found, padded[i : i + H, j : j + W])
    return found
