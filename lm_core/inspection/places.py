"""How a model tells places apart: its own tables, how alike two places are, and one pair turned.

    vectors(positions)             # (T, C) of sinusoids or of a learned table, (T, D) of rotary
    alike(positions)               # by distance, a line a head where heads differ

A line says for every distance, of

    sinusoids, learned    the cosine between the vectors of two places, mean over all such pairs
    rotary                q · k / D of a query and a key that are all ones before they are turned
    ALiBi                 e to what is taken off the score: by what factor a look gets weaker

Shapes: T places, C width, H heads, D = C / H.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from lm_core.models.contract import Model
from lm_core.models.positions import Positions, rotate

MADE = ("sinusoidal", "rotary", "alibi")  # without learning: the same in every model of a size


@dataclass(frozen=True, eq=False)
class Alike:
    """How alike two places are that are 0, 1, 2 ... apart."""

    head: int | None  # from 0; None where all are alike
    by_distance: Tensor  # (T,)


@dataclass(frozen=True, eq=False)
class Turned:
    """One pair of numbers of a query, before and after it is turned by the angle of its place."""

    before: Tensor  # (2,)
    after: Tensor  # (2,)
    angle: float  # in radians, place times `step`
    step: float  # what one place turns it by


def positions_of(model: Model) -> Positions | None:
    """The part of a model that knows places; None where it has none, as a recurrent one."""
    found = getattr(model, "positions", None)
    return found if isinstance(found, Positions) else None


def made(kind: str, like: Model) -> Positions:
    """Another of the ways, as a model of this size would have it.

    Args:
        kind: of MADE.
    """
    s = like.settings
    return Positions(kind, s.block_size, s.n_embd, s.n_head, s.rotary_base)


def vectors(positions: Positions) -> Tensor | None:
    """What stands for each place, (T, C); of rotary the cosines of the angles and then the sines,
    (T, D). None of ALiBi, which has no vectors, and of none."""
    with torch.inference_mode():
        if positions.kind == "learned":
            return positions.table.weight.float().cpu().clone()
        if positions.kind == "sinusoidal":
            return positions.table.float().cpu().clone()
        if positions.kind == "rotary":
            half = positions.cos.size(-1) // 2
            return torch.cat([positions.cos[:, :half], positions.sin[:, half:]], dim=-1).cpu()
    return None


def alike(positions: Positions) -> list[Alike]:
    """By distance, see the top of this file; nothing of a model that tells no places apart."""
    with torch.inference_mode():
        if positions.kind == "alibi":
            T = 64
            away = torch.arange(T)
            slopes = positions.slopes.float().cpu()
            return [Alike(h, (-slope * away).exp()) for h, slope in enumerate(slopes)]
        if positions.kind == "rotary":
            D = positions.cos.size(-1)
            ones = torch.ones(1, 1, len(positions.cos), D)
            turned = rotate(ones, positions.cos.float().cpu(), positions.sin.float().cpu())[0, 0]
            return [Alike(None, _by_distance(turned @ turned.T / D))]
        table = vectors(positions)
        if table is None:
            return []
        table = F.normalize(table, dim=-1)
        return [Alike(None, _by_distance(table @ table.T))]


def _by_distance(products: Tensor) -> Tensor:
    """(T, T) -> (T,): the mean of each diagonal."""
    return torch.stack([products.diagonal(d).mean() for d in range(len(products))])


def turned(positions: Positions, q: Tensor, place: int, pair: int) -> Turned:
    """One pair of a query that was turned.

    Args:
        q: (D,) as it is compared, turned by its place.
        pair: from 0 to D / 2 - 1; numbers `pair` and `pair + D / 2` of the query.

    Raises:
        IndexError: no such place or pair.
    """
    half = positions.cos.size(-1) // 2
    if not (0 <= pair < half and 0 <= place < len(positions.cos)):
        raise IndexError(f"no pair {pair} of {half}, or no place {place}")
    cos, sin = float(positions.cos[place, pair]), float(positions.sin[place, pair + half])
    a, b = float(q[pair]), float(q[pair + half])
    step = 10_000 ** (-2 * pair / (2 * half))
    after = torch.tensor([a, b])
    return Turned(torch.tensor([a * cos + b * sin, b * cos - a * sin]), after, place * step, step)


def degrees(radians: float) -> float:
    """From 0 to 360."""
    return math.degrees(radians) % 360
