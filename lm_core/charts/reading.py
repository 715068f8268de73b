"""The loss curve read aloud: one plain sentence on what it shows now, by stated thresholds."""

import numpy as np
import pandas as pd

from lm_core.charts.words import count, nats

MIN_POINTS, MIN_EVALUATIONS = 12, 3
LEVEL = 0.01  # a change of less than 1 % is no change
CLIMB, CLIMB_NATS = 0.25, 0.5  # a climb of a quarter, and of half a nat, is divergence


def read_aloud(points: pd.DataFrame, evaluations: pd.DataFrame) -> str:
    """What the curve shows now, the first of these that holds:

    - diverged: the last loss is not a finite number, or the median of the last twentieth of the
      training losses (5 at least) is above the lowest such median by more than 25 % and 0.5 nats;
    - too early to say: fewer than 12 training points or 3 evaluations;
    - validation rises: the median of the last three evaluations, all later than the lowest one, is
      above it by more than 1 %. If the training median has fallen since: overfitting;
    - still falling, or flat: over the last third of the steps, a fall of more than 1 % (training:
      and of twice the standard error of the medians compared) counts as falling.

    Args:
        points: columns `step` and `train_nats`.
        evaluations: columns `step` and `nats`.
    """
    train = _Series(points["step"], points["train_nats"])
    validation = _Series(evaluations["step"], evaluations["nats"])
    return (
        _diverged(train, validation)
        or _too_early(train, validation)
        or _validation_rises(train, validation)
        or _falls(train, validation)
    )


class _Series:
    """Steps and losses in order, finite ones only; `lost` is where a not-finite tail begins."""

    def __init__(self, steps: pd.Series, values: pd.Series) -> None:
        steps = pd.to_numeric(steps, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        values = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        order = np.argsort(steps, kind="stable")
        steps, values = steps[order], values[order]
        steps, values = steps[np.isfinite(steps)], values[np.isfinite(steps)]
        good = np.isfinite(values)
        tail = len(good) - (np.flatnonzero(good)[-1] + 1 if good.any() else 0)
        self.lost = steps[len(good) - tail] if tail else None
        self.steps, self.values = steps[good], values[good]

    def __len__(self) -> int:
        return len(self.values)


def _diverged(train: _Series, validation: _Series) -> str:
    lost = [s.lost for s in (train, validation) if s.lost is not None]
    if lost:
        return (
            f"It diverged: the loss is not a number since step {min(lost):,.0f}. "
            "Start again with a lower learning rate."
        )
    window = max(5, len(train) // 20)
    if len(train) < 2 * window:
        return ""
    medians = pd.Series(train.values).rolling(window).median().to_numpy()[window - 1 :]
    low, now = medians.min(), medians[-1]
    if now - low <= max(CLIMB * low, CLIMB_NATS):
        return ""
    step = train.steps[medians.argmin() + window - 1]
    return (
        f"It diverged: the training loss climbed from {nats(low)} at step {step:,.0f} to "
        f"{nats(now)}. Start again with a lower learning rate."
    )


def _too_early(train: _Series, validation: _Series) -> str:
    if len(train) < MIN_POINTS:
        return f"Too early to say: {len(train)} of the first {MIN_POINTS} training points are in."
    if len(validation) < MIN_EVALUATIONS:
        return (
            f"Too early to say: {len(validation)} of the first {MIN_EVALUATIONS} evaluations "
            "are in."
        )
    return ""


def _validation_rises(train: _Series, validation: _Series) -> str:
    best = validation.values.argmin()
    low, since = validation.values[best], validation.steps[best]
    later = validation.values[best + 1 :]
    if len(later) < 3 or np.median(later[-3:]) <= low * (1 + LEVEL):
        return ""
    rising = f"Validation has risen for {count(round(validation.steps[-1] - since), 'step')}"
    window = max(5, len(train) // 20)
    until = max(window, np.searchsorted(train.steps, since, side="right"))
    then = np.median(train.values[until - window : until])
    if np.median(train.values[-window:]) < then * (1 - LEVEL):
        return (
            f"{rising} while training still falls: it memorises its text (overfitting) "
            f"since step {since:,.0f}."
        )
    return (
        f"{rising}, since step {since:,.0f}, and training does not fall either: "
        "a lower learning rate may help."
    )


def _falls(train: _Series, validation: _Series) -> str:
    first, last = train.steps[0], train.steps[-1]
    then, later = last - (last - first) / 3, last - (last - first) / 6
    before = train.values[(train.steps > then - (last - first) / 6) & (train.steps <= then)]
    now = train.values[train.steps > later]
    training = False
    if len(before) and len(now):
        drop = np.median(before) - np.median(now)
        noise = 2 * np.hypot(_error(before), _error(now))
        training = drop > max(LEVEL * np.median(before), noise)
    earlier = max(1, np.searchsorted(validation.steps, then, side="right"))
    width = 3 if len(validation) >= 9 else 1
    level = np.median(validation.values[max(0, earlier - width) : earlier])
    judged = level - np.median(validation.values[-width:]) > LEVEL * level
    if training and judged:
        return "Both curves still fall together: it is learning, not memorising."
    if judged:
        return "Validation still falls: it is learning, not memorising."
    if training:
        return (
            f"Training still falls, validation is level since step {then:,.0f}: "
            "what it learns now helps with the training text only."
        )
    return (
        f"Both curves are flat: neither fell by 1 % since step {then:,.0f}. "
        "More of the same steps will hardly help."
    )


def _error(values: np.ndarray) -> float:
    """Standard error of the median, from the median absolute deviation."""
    spread = 1.4826 * np.median(np.abs(values - np.median(values)))
    return 1.2533 * spread / np.sqrt(len(values))
