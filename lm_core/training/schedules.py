"""Learning-rate schedules: pure functions of the share of the budget already used (0 to 1)."""

import math
from collections.abc import Callable

FIRST = 0.01  # the very first step, with nothing of the budget used, already moves a little
RISE = 0.3  # share of the budget during which "one-cycle" rises
DECAY = 0.2  # share of what follows the warm-up during which "wsd" falls
DROPS = 2  # of "step", each to a tenth, at equal distances


def cosine(progress: float) -> float:
    """From 1 down to 0.05 along half a cosine (Loshchilov and Hutter 2017)."""
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))


def linear(progress: float) -> float:
    """From 1 straight down to 0.05."""
    return 1 - 0.95 * min(progress, 1.0)


def constant(progress: float) -> float:
    """Always 1."""
    return 1.0


def one_cycle(progress: float) -> float:
    """From 1/25 up to 1 and down to almost nothing, each along half a cosine (Smith 2018, "A
    disciplined approach to neural network hyper-parameters"), with the shares of
    `torch.optim.lr_scheduler.OneCycleLR`. Left out: the momentum that falls meanwhile."""
    lowest, start = 1 / 25e4, 1 / 25
    if progress < RISE:
        return 1 + (start - 1) * 0.5 * (1 + math.cos(math.pi * progress / RISE))
    done = (min(progress, 1.0) - RISE) / (1 - RISE)
    return lowest + (1 - lowest) * 0.5 * (1 + math.cos(math.pi * done))


def wsd(progress: float) -> float:
    """Warm-up, stable, decay: 1, and over the last fifth straight down to 0 (Hu et al. 2024,
    "MiniCPM"). Any point of the stable part can be gone on from with a longer budget."""
    return min(1.0, max(0.0, 1 - progress) / DECAY)


def step(progress: float) -> float:
    """1, then a tenth, then a hundredth, for a third each: `torch.optim.lr_scheduler.StepLR` with
    its gamma, and the recipe of many image models (He et al. 2015, "Deep residual learning")."""
    return 0.1 ** min(int((DROPS + 1) * progress), DROPS)


SCHEDULES: dict[str, Callable[[float], float]] = {
    "cosine": cosine,
    "linear": linear,
    "constant": constant,
    "one-cycle": one_cycle,
    "wsd": wsd,
    "step": step,
}
RISES_ITSELF = {"one-cycle"}  # so that it takes no warm-up


def lr_factor(schedule: str, warmup: float, progress: float) -> float:
    """What the learning rate is multiplied by: a rise during the warm-up, then the schedule.

    Args:
        warmup: share of the budget that is warm-up.
        progress: share of the budget used.
    """
    if schedule in RISES_ITSELF:
        return SCHEDULES[schedule](progress)
    if progress < warmup:
        return max(progress / warmup, FIRST)
    rest = (progress - warmup) / (1 - warmup) if warmup < 1 else 1.0
    return SCHEDULES[schedule](rest)


def ramped(batch_size: int, ramp: float, progress: float) -> int:
    """Rows of a batch that grows from a quarter to `batch_size` in four equal stages, the last of
    which begins when `ramp` of the budget is used. Small batches learn most from each token at
    first, large ones later (Smith et al. 2018, "Don't decay the learning rate, increase the batch
    size"). In stages, because a hidden state is dropped when the number of rows changes."""
    if progress >= ramp:
        return batch_size
    return max(1, batch_size * (1 + int(3 * progress / ramp)) // 4)
