"""Boxes as a grid of cells says them: each thing is the affair of the cell that its middle is in.

    t_x = (x - x_cell) / a      t_w = ln(w / a)      and so for y and h

(x, y) is the middle of the box, (x_cell, y_cell) that of the cell, a the side of the anchor: the
square that a cell begins with, and moves and stretches.

Source: Redmon and others 2016 (YOLO: who answers for a thing); Ren and others 2015 (Faster R-CNN:
the four numbers).
"""

import torch
from torch import Tensor

from lm_core.pictures.average_precision import Said, Truth
from lm_core.pictures.boxes import Box, suppression

LEAST = 0.05  # how sure a cell has to be, for its box to be said at all
APART = 0.4  # IoU above which the less sure of two boxes of a class goes
MOST = 20  # boxes of a class that are looked at, the surest


def middles(rows: int, columns: int, stride: int) -> Tensor:
    """(rows, columns, 2): x and y of the middle of each cell, in pixels."""
    y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    return (torch.stack([x, y], dim=-1) + 0.5) * stride


def targets(
    boxes: Tensor, labels: Tensor, rows: int, columns: int, stride: int, anchor: float
) -> tuple[Tensor, Tensor]:
    """What the cells should say: classes (B, rows, columns), 0 where no middle is, and the four
    numbers (B, 4, rows, columns).

    Args:
        boxes: (B, M, 4).
        labels: (B, M), 0 where there is no thing; of two things in a cell the later one counts.
    """
    B = len(boxes)
    classes = torch.zeros(B, rows, columns, dtype=torch.int64, device=boxes.device)
    numbers = torch.zeros(B, 4, rows, columns, device=boxes.device)
    centre = (boxes[..., :2] + boxes[..., 2:]) / 2  # (B, M, 2)
    size = (boxes[..., 2:] - boxes[..., :2]).clamp(min=1e-3)  # (B, M, 2)
    cell = (centre / stride).long()  # (B, M, 2): column and row
    moved = (centre - (cell + 0.5) * stride) / anchor
    told = torch.cat([moved, (size / anchor).log()], dim=-1)  # (B, M, 4)
    x, y = cell[..., 0].clamp(0, columns - 1), cell[..., 1].clamp(0, rows - 1)  # (B, M)
    b = torch.arange(B, device=boxes.device)
    for m in range(labels.size(1)):  # of all pictures at once
        at, there = (b, y[:, m], x[:, m]), labels[:, m] > 0
        classes[at] = torch.where(there, labels[:, m], classes[at])
        before = numbers[at[0], :, at[1], at[2]]  # (B, 4)
        numbers[at[0], :, at[1], at[2]] = torch.where(there[:, None], told[:, m], before)
    return classes, numbers


def corners(numbers: Tensor, stride: int, anchor: float) -> Tensor:
    """(B, 4, rows, columns) -> left, top, right, bottom (B, rows, columns, 4) in pixels."""
    t = numbers.permute(0, 2, 3, 1)  # (B, rows, columns, 4)
    at = middles(t.size(1), t.size(2), stride).to(t.device)
    centre = at + t[..., :2] * anchor
    half = t[..., 2:].clamp(max=4).exp() * anchor / 2
    return torch.cat([centre - half, centre + half], dim=-1)


def said_of(p: Tensor, boxes: Tensor, names: list[str]) -> list[Said]:
    """What is said of one picture, each class apart, after suppression.

    Args:
        p: (K, rows, columns) probabilities, of nothing first.
        boxes: (rows, columns, 4).
    """
    found = []
    flat = boxes.flatten(0, 1).tolist()
    for k in range(1, len(p)):
        scores = p[k].flatten().tolist()
        best = sorted(range(len(scores)), key=lambda i: -scores[i])[:MOST]
        sure = [i for i in best if scores[i] >= LEAST]
        tried = [Box(*flat[i]) for i in sure]
        kept = suppression(tried, [scores[i] for i in sure], APART)
        found += [Said(tried[one.kept], names[k], scores[sure[one.kept]]) for one in kept]
    return sorted(found, key=lambda one: -one.score)


def truths_of(boxes: Tensor, labels: Tensor, names: list[str]) -> list[Truth]:
    """The things of one picture: (M, 4), and (M,) with 0 for none."""
    pairs = zip(boxes.tolist(), labels.tolist(), strict=True)
    return [Truth(Box(*box), names[k]) for box, k in pairs if k]
