"""A game of two networks over points, looked at a few times on its way: what was made, and what the
judge thought of each place.

A course is what a screen shows at once, without a training: plain numbers in a file that ships
(`checkpoints/studies/games.json`, made by `make games`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from lm_core.errors import BadCheckpoint
from lm_core.json_files import read_json
from lm_core.models.contract import evaluating
from lm_core.models.pictures.game import Maker

MADE, GRID, REACH = 250, 21, 2.4  # points; cells along a side; of both axes, either way
MOST_BYTES = 3_000_000


@dataclass(frozen=True)
class Frame:
    """After one step."""

    step: int
    made: list[list[float]]  # (MADE, 2)
    field: list[list[float]]  # (GRID, GRID), D from below to above


@dataclass(frozen=True)
class Course:
    """One game."""

    name: str
    title: str
    spec: dict[str, Any]
    real: list[list[float]]  # (n, 2)
    frames: list[Frame]
    figures: list[dict[str, float]]  # one an evaluation: its step, the distance, what else


@torch.no_grad()
def frame(model: Maker, step: int) -> Frame:
    """What the game looks like now; two decimals are more than a picture shows."""
    at = torch.linspace(-REACH, REACH, GRID)
    y, x = torch.meshgrid(at, at, indexing="ij")
    with evaluating(model):
        made = model.some(MADE, seed=1)
        field = model.judged(torch.stack([x, y], dim=-1).view(-1, 2)).sigmoid()
    return Frame(step, rounded(made.tolist()), rounded(field.view(GRID, GRID).tolist()))


def rounded(rows: list[list[float]]) -> list[list[float]]:
    """To two decimals."""
    return [[round(one, 2) for one in row] for row in rows]


def read_courses(path: Path) -> list[Course]:
    """The courses of a file.

    Raises:
        BadCheckpoint: it is damaged or gone.
    """
    try:
        return [
            Course(**one | {"frames": [Frame(**frame) for frame in one["frames"]]})
            for one in read_json(path, MOST_BYTES)["courses"]
        ]
    except (OSError, ValueError, KeyError, TypeError):
        raise BadCheckpoint(f"{path.name} is damaged or gone: run make games.") from None
