"""The loss curve read aloud: one plain sentence on what was measured, by stated thresholds.

A sentence about two curves speaks of a stretch between two evaluations, and names both: nothing is
said of validation after the last of them. What is wrong with a run is for the verdicts to say
(`judging.py`): where one of them found something, the sentence leads to it and adds no judgement of
its own. `judgement.py` puts the two together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

MIN_POINTS, MIN_EVALUATIONS = 12, 3
LEVEL = 0.01  # a change of less than 1 % is no change
LATE = 1 / 3  # of the evaluated steps: the stretch that is spoken of begins before it,
SMOOTH = 1 / 6  # and training is the median over this share of them, before each of its two ends
RISING = 3  # evaluations after the lowest one that have to be higher

FELL, LEVEL_OFF, ROSE = "fell", "hardly moved", "rose"
MEANING = {  # training, validation; what rises is for the verdicts to judge
    (FELL, FELL): "it is learning, not memorising",
    (LEVEL_OFF, FELL): "it is learning, not memorising",
    (FELL, LEVEL_OFF): "what it learned there helps with the training text only",
    (LEVEL_OFF, LEVEL_OFF): "more of the same steps will hardly help",
}
BY_HEART = "what it learned there does not help with new text"


@dataclass(frozen=True)
class Change:
    """Nats at both ends of a stretch, and what is made of them: FELL, LEVEL_OFF or ROSE."""

    before: float
    after: float
    way: str

    def __str__(self) -> str:
        return f"{self.way} from {self.before:.2f} to {self.after:.2f}"


@dataclass(frozen=True)
class Reading:
    """What a curve shows.

    Args:
        code: diverged, too_early, too_few, counted, alarm, note, or the ways of training and
            validation ("fell, rose").
        text: the sentence.
        since, until: the evaluations that it compares, by their steps; None where it compares none.
        training, validation: how they changed between the two; training None where no step near
            one of them was kept.
    """

    code: str
    text: str
    since: int | None = None
    until: int | None = None
    training: Change | None = None
    validation: Change | None = None


def read(
    points: pd.DataFrame,
    evaluations: pd.DataFrame,
    *,
    alarms: Sequence[tuple[str, int]] = (),
    notes: Sequence[tuple[str, int]] = (),
    counts: bool = False,
    over: bool = False,
    judge: str = "nats",
) -> Reading:
    """What the curve shows, the first of these that holds:

    - counted: of a family that counts, its first and its last evaluation;
    - diverged: the last losses are no finite numbers;
    - too early to say: fewer than 12 training points or 3 evaluations, or all at one step (too few,
      where the run is `over`);
    - since the lowest evaluation, where the median of the last three, all later, is above it by
      more than 1 %; else since the last evaluation before the last third: how both curves changed
      until the last evaluation. More than 1 % is a change (of training: and more than twice the
      standard error of the medians compared).

    Args:
        points: columns `step` and `train_nats`.
        evaluations: columns `step` and `nats`, of validation text.
        alarms, notes: the code and the step of each verdict that found something.
        counts: whether the family counts, and takes no steps downhill.
        over: whether nothing more will come.
        judge: what the loss is counted in, in a word or two.
    """
    train = _Series(points["step"], points["train_nats"])
    held = _Series(evaluations["step"], evaluations["nats"])
    lost = [s.lost for s in (train, held) if s.lost is not None]
    codes = {code for code, _ in (*alarms, *notes)}
    if counts:
        found = _counted(held, over)
    elif lost:
        text = f"It diverged: the loss is not a number since step {min(lost):,.0f}."
        return Reading("diverged", text)
    else:
        found = _early(train, held, over) or _changes(train, held, codes, judge)
    if alarms:
        code, step = alarms[0]
        text = f"An alarm was raised at step {step:,}, see below: {named(code)}."
        return replace(found, code="alarm", text=f"{text} {found.text}")
    if notes:
        code, step = notes[0]
        text = f"Noted at step {step:,}, see below: {named(code)}."
        return replace(found, code="note", text=f"{text} {found.text}")
    return found


def named(code: str) -> str:
    """A verdict's code as words: "rate too high"."""
    return code.replace("_", " ")


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


def _counted(held: _Series, over: bool) -> Reading:
    if held.lost is not None:
        text = "Some of the validation text it gives no chance at all: its loss there is infinite"
        return Reading("counted", f"{text}, at step {held.lost:,.0f}.")
    if not len(held):
        missing = "was not evaluated" if over else "has not been evaluated yet"
        return Reading("counted", f"It counts what follows what, and {missing}.")
    since, until = int(held.steps[0]), int(held.steps[-1])
    last = f"{held.values[-1]:.2f} nats at step {until:,}"
    if since == until:
        return Reading("counted", f"It counted what follows what: validation is {last}.")
    text = f"{held.values[0]:.2f} at step {since:,}, with less of the text counted, and {last}"
    change = _change(held.values[0], held.values[-1])
    return Reading("counted", f"Validation was {text}.", since, until, None, change)


def _early(train: _Series, held: _Series, over: bool) -> Reading | None:
    lacks = []
    if len(train) < MIN_POINTS:
        lacks.append(f"{len(train)} of the first {MIN_POINTS} training points")
    if len(held) < MIN_EVALUATIONS:
        lacks.append(f"{len(held)} of the first {MIN_EVALUATIONS} evaluations")
    if not lacks and held.steps[0] == held.steps[-1]:
        lacks.append(f"evaluations of step {held.steps[0]:,.0f} alone")
    if not lacks:
        return None
    there = " and ".join(lacks)
    if over:
        return Reading("too_few", f"Too few points to say how it went: {there} came in.")
    return Reading("too_early", f"Too early to say how the curve goes: {there} are in.")


def _changes(train: _Series, held: _Series, found: set[str], judge: str) -> Reading:
    """How both curves changed, and what that means where nothing else was `found`."""
    first, last = min(train.steps[0], held.steps[0]), held.steps[-1]
    at = _lowest(held)
    rises = at is not None
    if at is None:
        before = held.steps <= last - LATE * (last - first)
        at = int(np.flatnonzero(before)[-1]) if before.any() else 0
    since = held.steps[at]
    validation = _change(held.values[at], held.values[-1])
    training = _training(train, since, last, SMOOTH * (last - first))
    trained = f"training {training}, " if training else ""
    text = f"From step {since:,.0f} to {last:,.0f} {trained}validation {validation} {judge}"
    ways = (training.way if training else "", validation.way)
    meaning = "" if found else MEANING.get(ways, "")
    if ways == (FELL, ROSE) and rises and "overfitting" in found:
        meaning = BY_HEART
    if meaning:
        text += f": {meaning}"
    if train.steps[-1] > last + LATE * (last - first):
        text += f". Of the steps since, up to {train.steps[-1]:,.0f}, only training was measured"
    code = f"{training.way if training else 'unknown'}, {validation.way}"
    return Reading(code, f"{text}.", int(since), int(last), training, validation)


def _lowest(held: _Series) -> int | None:
    """The place of the lowest evaluation, where validation has risen since."""
    at = int(held.values.argmin())
    later = held.values[at + 1 :]
    if len(later) < RISING or np.median(later[-RISING:]) <= held.values[at] * (1 + LEVEL):
        return None
    return at


def _training(train: _Series, since: float, until: float, width: float) -> Change | None:
    before = train.values[(train.steps > since - width) & (train.steps <= since)]
    after = train.values[(train.steps > max(since, until - width)) & (train.steps <= until)]
    if not (len(before) and len(after)):
        return None
    spread = max(_spread(before), _spread(after))
    error = 1.2533 * spread * np.hypot(len(before) ** -0.5, len(after) ** -0.5)
    return _change(np.median(before), np.median(after), 2 * error)


def _change(before: float, after: float, noise: float = 0.0) -> Change:
    least = max(LEVEL * before, noise)
    way = FELL if before - after > least else ROSE if after - before > least else LEVEL_OFF
    return Change(float(before), float(after), way)


def _spread(values: np.ndarray) -> float:
    """A standard deviation, from the median absolute deviation."""
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))
