"""Learning-rate schedules: pure functions of the share of the budget already used (0 to 1)."""

import math
from collections.abc import Callable

FIRST = 0.01  # the very first step, with nothing of the budget used, already moves a little


def cosine(progress: float) -> float:
    """From 1 down to 0.05 along half a cosine (Loshchilov and Hutter 2017)."""
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))


def linear(progress: float) -> float:
    """From 1 straight down to 0.05."""
    return 1 - 0.95 * min(progress, 1.0)


def constant(progress: float) -> float:
    """Always 1."""
    return 1.0


SCHEDULES: dict[str, Callable[[float], float]] = {
    "cosine": cosine,
    "linear": linear,
    "constant": constant,
}


def lr_factor(schedule: str, warmup: float, progress: float) -> float:
    """What the learning rate is multiplied by: a rise during the warm-up, then the schedule.

    Args:
        warmup: share of the budget that is warm-up.
        progress: share of the budget used.
    """
    if progress < warmup:
        return max(progress / warmup, FIRST)
    rest = (progress - warmup) / (1 - warmup) if warmup < 1 else 1.0
    return SCHEDULES[schedule](rest)
