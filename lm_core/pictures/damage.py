"""Noise and damage on purpose, from a seed; a hole painted in coarse cells, written as hex."""

import numpy as np

from lm_core.errors import BadSettings

DOWN, ACROSS = 12, 16  # cells that can be painted
DIGITS = DOWN * ACROSS // 4


def noisy(pixels: np.ndarray, kind: str, amount: float, seed: int) -> np.ndarray:
    """The picture with normal noise of so many levels, or with that share of its pixels (in
    percent) black or white."""
    rng = np.random.default_rng(seed)
    if kind == "normal noise":
        return pixels + rng.normal(0.0, amount / 255, pixels.shape)
    hit = rng.random(pixels.shape[:2])
    after, share = pixels.copy(), amount / 100
    after[hit < share / 2] = 0.0
    after[hit > 1 - share / 2] = 1.0
    return after


def hole(shape: tuple[int, int], kind: str, painted: str, seed: int) -> np.ndarray:
    """(H, W) bool: where a picture is damaged.

    Raises:
        BadSettings: `painted` is no such number.
    """
    H, W = shape
    rng = np.random.default_rng(seed)
    if kind == "painted cells":
        cells = cells_of(painted)
        return cells[np.arange(H)[:, None] * DOWN // H, np.arange(W) * ACROSS // W]
    if kind == "single pixels":
        return rng.random(shape) < 0.1
    mask = np.zeros(shape, dtype=bool)
    rows, columns = np.mgrid[:H, :W]
    for _ in range(5):  # lines that a needle leaves
        row, column = rng.integers(H), rng.integers(W)
        turn = rng.uniform(0, np.pi)
        across = (rows - row) * np.cos(turn) - (columns - column) * np.sin(turn)
        along = (rows - row) * np.sin(turn) + (columns - column) * np.cos(turn)
        mask |= (np.abs(across) < 1.5) & (np.abs(along) < 0.35 * max(H, W))
    return mask


def cells_of(painted: str) -> np.ndarray:
    """(12, 16) bool, row by row from the first bit.

    Raises:
        BadSettings: it is no hexadecimal number of 48 digits.
    """
    digits = "0123456789abcdef"
    if len(painted) != DIGITS or any(one not in digits for one in painted):
        raise BadSettings(
            f"painted must be {DIGITS} digits from 0 to f, a bit for each cell.", "painted"
        )
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(painted), dtype=np.uint8))
    return bits.reshape(DOWN, ACROSS).astype(bool)


def painted_of(cells: np.ndarray) -> str:
    """As `cells_of` reads them, 48 digits."""
    return np.packbits(np.asarray(cells, dtype=np.uint8).ravel()).tobytes().hex()
