"""Splits of pictures, each a tensor of brightness with what is to be said of every picture."""

from dataclasses import dataclass

from torch import Tensor

from lm_core.split import Split


@dataclass(frozen=True)
class PicturesWithClass(Split):
    pixels: Tensor  # (N, channels, height, width), brightness from 0 to 1
    labels: Tensor  # (N,) int64, the number of a class
