"""From rows of pixels and a class, as small sets of pictures are published, to splits."""

import gzip
from pathlib import Path

import numpy as np


def parse_rows(path: Path) -> np.ndarray:
    """The different rows of a packed table: (N, pixels + 1) int64, brightnesses, then a class."""
    with gzip.open(path, "rt", encoding="ascii") as file:
        rows = np.loadtxt(file, delimiter=",", dtype=np.int64)
    _, first = np.unique(rows, axis=0, return_index=True)
    return rows[np.sort(first)]


def split_rows(rows: np.ndarray, side: int, most: int, held_out: int) -> dict:
    """By split a `PicturesWithClass` of the rows, shuffled once.

    Args:
        side: of a picture, in pixels.
        most: the brightest value, which becomes 1.
        held_out: pictures that validate, and as many that test.
    """
    mixed = rows[np.random.default_rng(0).permutation(len(rows))]
    pixels, labels = mixed[:, :-1], mixed[:, -1]
    cut = {
        "test": slice(0, held_out),
        "validation": slice(held_out, 2 * held_out),
        "train": slice(2 * held_out, None),
    }
    return {name: pictures(pixels[at], labels[at], side, most) for name, at in cut.items()}


def pictures(pixels: np.ndarray, labels: np.ndarray, side: int, most: int) -> object:
    """A `PicturesWithClass` of (N, side * side) brightnesses up to `most` and (N,) classes."""
    import torch

    from lm_core.pictures.splits import PicturesWithClass

    bright = torch.from_numpy(np.ascontiguousarray(pixels)).float() / most
    classes = torch.from_numpy(np.ascontiguousarray(labels)).long()
    return PicturesWithClass(bright.view(-1, 1, side, side), classes)  # (N, 1, side, side)
