"""Splits of pictures, each a tensor of brightness with what is to be said of every picture."""

from dataclasses import dataclass

from torch import Tensor

from lm_core.split import Split


@dataclass(frozen=True)
class PicturesWithClass(Split):
    pixels: Tensor  # (N, channels, height, width), brightness from 0 to 1
    labels: Tensor  # (N,) int64, the number of a class


@dataclass(frozen=True)
class PicturesWithMask(Split):
    pixels: Tensor  # (N, channels, height, width), brightness from 0 to 1
    masks: Tensor  # (N, height, width) int64, the class of each pixel


@dataclass(frozen=True)
class PicturesWithValue(Split):
    pixels: Tensor  # (N, channels, height, width), brightness from 0 to 1
    values: Tensor  # (N,) float32, a number about each
    groups: Tensor  # (N,) int64, what it is compared by and does not learn
    group_names: list[str]  # in the order of their numbers


@dataclass(frozen=True)
class TwoPicturesTwoClasses(Split):
    first: Tensor  # (N, channels, height, width), brightness from 0 to 1
    second: Tensor  # (N, channels, height, width), what else is given of the same thing
    groups: Tensor  # (N,) int64, the coarse class
    labels: Tensor  # (N,) int64, the fine class


@dataclass(frozen=True)
class PicturesWithBoxes(Split):
    pixels: Tensor  # (N, channels, height, width), brightness from 0 to 1
    boxes: Tensor  # (N, M, 4) float32: left, top, right, bottom in pixels
    labels: Tensor  # (N, M) int64, from 1; 0 where there is no thing
