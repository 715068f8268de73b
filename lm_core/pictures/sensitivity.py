"""What moves an answer: a number said of a picture, asked for again after the picture was changed.

    hidden(i, j) = answer(picture with the square i, j painted grey) - answer(picture)
    along(c)     = answer(c(picture)) - answer(picture), c ever darker, greyer, more turned

Paper of the first: Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks",
section 4.2. It needs nothing of the network but its answers.
"""

from collections.abc import Callable, Sequence

import numpy as np

Answer = Callable[[np.ndarray], np.ndarray]
"""(N, H, W, 3) from 0 to 1 -> (N,)."""

CHANGES = {  # what is changed -> how much of it, 0 or 1 first being the picture itself
    "light": (0.0, -0.4, -0.3, -0.2, -0.1, 0.1, 0.2, 0.3, 0.4),
    "noise": (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3),
    "turn": (0.0, -40.0, -30.0, -20.0, -10.0, 10.0, 20.0, 30.0, 40.0),
}


def hidden(answer: Answer, pixels: np.ndarray, side: int) -> np.ndarray:
    """(H, W, 3) -> (rows, columns): by how much the answer changes with each square grey.

    Args:
        side: pixels of a square; what is left at the edges makes smaller ones.
    """
    H, W = pixels.shape[:2]
    grey = pixels.mean((0, 1))
    rows, columns = range(0, H, side), range(0, W, side)
    copies = [pixels]
    for top in rows:
        for left in columns:
            one = pixels.copy()
            one[top : top + side, left : left + side] = grey
            copies.append(one)
    said = answer(np.stack(copies))
    return (said[1:] - said[0]).reshape(len(rows), len(columns))


def along(answer: Answer, pixels: np.ndarray, change: str) -> tuple[list[float], list[float]]:
    """How much was changed, rising, and by how much the answer changed with it.

    Args:
        change: of CHANGES; "noise" is the same each time.
    """
    amounts = sorted(CHANGES[change])
    said = answer(np.stack([changed(pixels, change, one) for one in (0.0, *amounts)]))
    return amounts, (said[1:] - said[0]).tolist()


def changed(pixels: np.ndarray, change: str, amount: float) -> np.ndarray:
    """(H, W, 3) from 0 to 1, the same: light added, noise of that spread, turned by degrees."""
    if amount == 0:
        return pixels
    if change == "light":
        return (pixels + amount).clip(0, 1).astype(pixels.dtype)
    if change == "noise":
        noise = np.random.default_rng(0).normal(0, amount, pixels.shape)
        return (pixels + noise).clip(0, 1).astype(pixels.dtype)
    from PIL import Image

    image = Image.fromarray((255 * pixels).round().astype(np.uint8))
    mean = tuple((255 * pixels.mean((0, 1))).round().astype(int).tolist())
    turned = image.rotate(amount, Image.Resampling.BILINEAR, fillcolor=mean)
    return (np.asarray(turned) / 255).astype(pixels.dtype)


def shaded(pixels: np.ndarray, change: Sequence[Sequence[float]], side: int) -> np.ndarray:
    """The picture in grey under what each square changed: (H, W, 3) uint8, blue where hiding it
    made the answer less, vermillion where it made it more, clear where it did nothing."""
    change = np.asarray(change, dtype=float)
    most = abs(change).max() or 1.0
    whole = np.kron(change / most, np.ones((side, side)))[: pixels.shape[0], : pixels.shape[1]]
    less, more = np.array([0, 114, 178]), np.array([213, 94, 0])
    colours = np.where(whole[..., None] < 0, less, more)
    grey = 255 * np.repeat(pixels.mean(-1, keepdims=True), 3, axis=-1)
    share = 0.8 * abs(whole)[..., None]
    return ((1 - share) * grey + share * colours).round().astype(np.uint8)
