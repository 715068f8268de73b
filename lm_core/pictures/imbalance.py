"""Classes that are not equally many: made so, counted, and weighed against it.

    class k of K keeps the share r^(-k / (K - 1)),   r the imbalance: the last keeps one of r

Source: Cui et al. 2019, "Class-balanced loss based on effective number of samples", section 5.
"""

import torch
from torch import Tensor

from lm_core.pictures.splits import PicturesWithClass


def kept_shares(n_classes: int, imbalance: float) -> list[float]:
    """Of each class, the share of its pictures that stays."""
    return [imbalance ** -(k / max(1, n_classes - 1)) for k in range(n_classes)]


def thinned(part: PicturesWithClass, n_classes: int, imbalance: float) -> PicturesWithClass:
    """The first pictures of each class, in their order; of every class at least one."""
    keep = torch.zeros(len(part.labels), dtype=torch.bool)
    for k, share in enumerate(kept_shares(n_classes, imbalance)):
        where = (part.labels == k).nonzero().flatten()
        keep[where[: max(1, round(share * len(where)))]] = True
    return PicturesWithClass(part.pixels[keep], part.labels[keep])


def class_weights(labels: Tensor, n_classes: int) -> Tensor:
    """(K,): what a mistake costs, so that each class weighs the same in all; 1 on average over the
    labels. A class that never occurs has 0."""
    count = labels.bincount(minlength=n_classes).float()
    there = count > 0
    return torch.where(there, len(labels) / (there.sum() * count.clamp(min=1)), 0.0)
