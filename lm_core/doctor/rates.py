"""Step 3, the learning rate: how far each step may go.

    range test   one fresh model, lr_k = low (high / low)^(k / (K - 1)), one step at each
    range_lr     a tenth of the rate at which the smoothed loss was lowest
    sweep        fresh models that keep one rate: range_lr times 1/10, 1/3, 1 and 3, or what
                 was asked for, and the one set
    suggested    of the sweep the rate that ended lowest; the lowest of those within TIE nats of it

Where the loss is lowest the rate is too high already: what was gained there came from the rates
before, and the loss rises next. A tenth of it is a cautious rule of thumb, so the sweep asks again
with models that keep one rate. The test stops by itself once the smoothed loss is DIVERGED times
its lowest.

Paper: Smith 2017, "Cyclical Learning Rates for Training Neural Networks" (the range test).
Left out on purpose: schedules and warm-up, which a short test cannot judge.
"""

import math
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from lm_core.doctor.patient import Patient, Stop, Until, never, plain
from lm_core.doctor.verdicts import ALARM, NOTE, OK, Verdict, out_of_time
from lm_core.errors import BadSettings
from lm_core.figures import percent
from lm_core.training import Trainer
from lm_core.training.events import Failed, Finished, Step

LOW, HIGH = 1e-5, 10.0
STEPS, SWEEP_STEPS = 100, 60
WINDOW = 0.1  # of the steps: what the smoothed loss looks back over
DIVERGED = 1.5
TENTH = 0.1
SWEEP = (0.1, 1 / 3, 1.0, 3.0)  # times range_lr
SAME = 1.25  # rates less than this apart are one
JUDGED = 40  # steps of a sweep, at least, for a rate to be called too low or too high
TIE = 0.02  # nats per token: no real difference
NOTHING = 0.05  # nats per token: what has to be learned for a rate to be judged
HIGH_LAGS, HIGH_FAILS = 0.8, 0.5  # of what the best rate learned, for a rate above it
LOW_LAGS, LOW_FAILS = 0.5, 0.1  # for one below it, which is slow and no more
LEAST, MOST = 1e-7, 10.0  # what train.lr can be
MOST_RATES = 8  # asked for in one sweep


@dataclass(frozen=True)
class RangeTest:
    """Rates, and the surprise at each one's batch before its step, nats per token."""

    lr: tuple[float, ...] = ()
    nats: tuple[float, ...] = ()
    window: float = WINDOW * STEPS  # steps
    ended: bool = False  # at the highest rate, or where the loss diverged

    @property
    def smoothed(self) -> list[float]:
        """An exponential average over `window` steps, corrected for its beginning as the moments
        of Adam are."""
        keep = 1 - 1 / max(1.0, self.window)
        total, weight, out = 0.0, 0.0, []
        for nats in self.nats:
            total, weight = keep * total + nats, keep * weight + 1
            out.append(total / weight)
        return out

    @property
    def diverged(self) -> bool:
        """Whether the smoothed loss has left its lowest value behind."""
        smoothed = self.smoothed
        return bool(smoothed) and not smoothed[-1] <= DIVERGED * min(smoothed)

    @property
    def range_lr(self) -> float | None:
        """A tenth of the rate where the smoothed loss is lowest; None where it never fell."""
        smoothed = self.smoothed
        lowest = min(range(len(smoothed)), key=smoothed.__getitem__, default=0)
        return within(TENTH * self.lr[lowest]) if lowest else None


@dataclass(frozen=True)
class Kept:
    """A fresh model that kept one rate."""

    lr: float
    nats: tuple[float, ...] = ()  # of each step's batch, per token
    tokens: tuple[int, ...] = ()  # in each step's batch
    failed: bool = False

    @property
    def end(self) -> float:
        """Nats per token of the last quarter of the steps; infinite where it diverged."""
        if self.failed or not self.nats:
            return math.inf
        quarter = max(1, len(self.nats) // 4)
        nats, tokens = self.nats[-quarter:], self.tokens[-quarter:]
        return math.fsum(n * t for n, t in zip(nats, tokens, strict=True)) / sum(tokens)

    @property
    def learned(self) -> float:
        """How far the loss came down."""
        return self.nats[0] - self.end

    def data(self) -> dict[str, Any]:
        """Plain JSON."""
        steps = list(range(1, len(self.nats) + 1))
        end = self.end if self.nats and not self.failed else None
        return {
            "lr": self.lr,
            "steps": steps,
            "nats": list(self.nats),
            "end_nats": end,
            "diverged": self.failed,
        }


@dataclass(frozen=True)
class Rates:
    """Both tests. `own` is the rate that is set; `cut` says that time was up before all of it was
    done."""

    own: float
    tested: RangeTest
    sweep: tuple[Kept, ...] = ()
    cut: bool = False
    done: bool = False
    unit: str = "nats per token"

    @property
    def best(self) -> Kept | None:
        """The run of the sweep that ended lowest; the lowest rate where that is no difference."""
        sound = [kept for kept in self.sweep if math.isfinite(kept.end)]
        lowest = min((kept.end for kept in sound), default=0.0)
        near = [kept for kept in sound if kept.end <= lowest + TIE]
        return min(near, key=lambda kept: kept.lr, default=None)

    @property
    def suggested(self) -> float | None:
        """What to set; before there is a sweep, what the range test says."""
        return self.best.lr if self.best else self.tested.range_lr

    def data(self) -> dict[str, Any]:
        """Plain JSON, for a chart."""
        return {
            "lr": list(self.tested.lr),
            "nats": list(self.tested.nats),
            "smoothed": self.tested.smoothed,
            "diverged": self.tested.diverged,
            "range_lr": self.tested.range_lr,
            "suggested_lr": self.suggested,
            "own_lr": self.own,
            "sweep": [kept.data() for kept in self.sweep],
            "done": self.done,
        }

    def verdict(self) -> Verdict:
        """lr_ok, lr_low, lr_high, lr_unknown or out_of_time."""
        best = self.best
        own = next((kept for kept in self.sweep if kept.lr == self.own), None)
        if best is None or own is None or best.learned < NOTHING:
            return self._unknown()
        steps, share = len(best.nats), own.learned / best.learned
        said = (
            f"In {steps} steps a fresh model came down by {best.learned:.2f} {self.unit} with "
            f"rate {best.lr:.2g}, the best of {len(self.sweep)}"
        )
        cure, control = f"Set the learning rate to {best.lr:.2g}.", "train.lr"
        if own.failed:
            text = f"{said}; with the rate that is set, {own.lr:g}, it diverged."
            return Verdict("lr_high", ALARM, text, cure, control)
        high = own.lr > best.lr
        lags, fails = (HIGH_LAGS, HIGH_FAILS) if high else (LOW_LAGS, LOW_FAILS)
        said += f", and by {max(own.learned, 0.0):.2f} with the rate that is set, {own.lr:g}"
        if self.cut:
            return out_of_time(f"{said}; time was up before all rates were tried.")
        if share >= lags:
            return Verdict("lr_ok", OK, f"{said}; {percent(lags)} of the best is enough.")
        if steps < JUDGED:
            return out_of_time(f"{said}; it takes {JUDGED} steps to tell a wrong rate by that.")
        limit = fails if share < fails else lags
        return Verdict(
            "lr_high" if high else "lr_low",
            ALARM if share < fails else NOTE,
            f"{said}, which is less than {percent(limit)} of it: too {'high' if high else 'low'}.",
            cure,
            control,
        )

    def _unknown(self) -> Verdict:
        """There is no sweep to judge the rate by, or nothing was learned in it."""
        rate, tried = self.tested.range_lr, len(self.tested.nats)
        steps = max((len(kept.nats) for kept in self.sweep), default=0)
        if self.cut and rate is not None:
            return out_of_time(
                f"The loss was lowest at rate {rate / TENTH:.2g}, and a tenth of that, {rate:.2g}, "
                f"is a cautious choice; time was up before it was compared with {self.own:g}."
            )
        if self.cut or steps < JUDGED:
            return out_of_time(
                f"Time was up after {tried} steps at rising rates and {steps} at a single one; it "
                f"takes {JUDGED} of these to tell whether any rate learns something."
            )
        return Verdict(
            "lr_unknown",
            ALARM,
            f"No rate brought the loss down by {NOTHING} {self.unit} in {steps} steps.",
            "Look at the step before this one: can it learn one batch by heart?",
        )


def rates(
    patient: Patient,
    *,
    steps: int = STEPS,
    sweep_steps: int = SWEEP_STEPS,
    asked: Sequence[float] | None = None,
    stop: Stop = never,
) -> Generator[dict[str, Any], None, Rates]:
    """The range test, then the sweep, of the rates that are `asked` for where there are some.
    Yields `Rates.data` as it grows."""
    found = Rates(patient.train.lr, RangeTest(), unit=patient.unit)
    for tested in range_test(patient, steps=steps, stop=stop):
        found = replace(found, tested=tested)
        yield found.data()
    tried: list[Kept] = []
    cut = not found.tested.ended
    for lr in sweep_rates(found.tested.range_lr, found.own, asked):
        kept = Kept(lr)
        for kept in keep_rate(patient, lr, steps=sweep_steps, stop=stop):
            yield replace(found, sweep=(*tried, kept)).data()
        if len(kept.nats) == sweep_steps or kept.failed:  # one cut short compares with nothing
            tried.append(kept)
        else:
            cut = True
    found = replace(found, sweep=tuple(tried), cut=cut, done=True)
    yield found.data()
    return found


def range_test(
    patient: Patient,
    *,
    steps: int = STEPS,
    low: float = LOW,
    high: float = HIGH,
    stop: Stop = never,
) -> Iterator[RangeTest]:
    """One fresh model, each step at a higher rate, until the loss diverges."""
    train, control = plain(patient.train), _Rising(low, high, steps, stop)
    trainer = control.trainer = patient.trainer(
        train, steps=steps, data={"train": patient.data["train"]}, control=control
    )
    found = RangeTest(window=WINDOW * steps)
    with closing(trainer.run()) as events:
        for event in events:
            if isinstance(event, Step) and math.isfinite(event.loss):
                found = replace(found, lr=(*found.lr, event.lr), nats=(*found.nats, event.loss))
            elif isinstance(event, Finished | Failed):
                stopped = isinstance(event, Finished) and event.reason == "stopped"
                found = replace(found, ended=not stopped)
            else:
                continue
            if found.diverged:
                found = replace(found, ended=True)
            yield found
            if found.diverged:
                return


class _Rising(Until):
    """The rate of each step follows from its number."""

    trainer: Trainer

    def __init__(self, low: float, high: float, steps: int, stop: Stop) -> None:
        super().__init__(stop)
        self.low, self.ratio, self.last = low, high / low, max(1, steps - 1)

    def look(self) -> str:
        lr = self.low * self.ratio ** (self.trainer.step / self.last)
        self.lr_scale = lr / self.trainer.settings.lr
        return super().look()


def keep_rate(
    patient: Patient, lr: float, *, steps: int = SWEEP_STEPS, stop: Stop = never
) -> Iterator[Kept]:
    """A fresh model that keeps one rate for so many steps."""
    train = replace(plain(patient.train), lr=lr)
    trainer = patient.trainer(
        train, steps=steps, data={"train": patient.data["train"]}, control=Until(stop)
    )
    found, read = Kept(lr), 0
    for event in trainer.run():
        if isinstance(event, Step) and math.isfinite(event.loss):
            tokens, read = event.tokens - read, event.tokens
            found = replace(found, nats=(*found.nats, event.loss), tokens=(*found.tokens, tokens))
            yield found
        elif isinstance(event, Failed):
            yield replace(found, failed=True)


def check(asked: Sequence[float] | None) -> None:
    """Raises BadSettings, with the rate that is wrong and what it could be."""
    if asked is None:
        return
    if not 1 <= len(asked) <= MOST_RATES:
        said = f"{len(asked)} rates are to be compared; from 1 to {MOST_RATES} can be."
        raise BadSettings(f"{said} Leave some out.", "rates")
    for lr in asked:
        if not LEAST <= lr <= MOST:
            said = f"rates must be from {LEAST:g} to {MOST:g}, not {lr:g}."
            raise BadSettings(said, "rates")


def sweep_rates(
    range_lr: float | None, own: float, asked: Sequence[float] | None = None
) -> list[float]:
    """The rates to compare, from low to high, with the one that is set among them."""
    if asked is not None:
        return sorted({*asked, own})
    around = [within(factor * (range_lr or own)) for factor in SWEEP]
    others = [lr for lr in around if max(lr / own, own / lr) >= SAME]
    return sorted({*others, own})


def within(lr: float) -> float:
    """The nearest rate that can be set."""
    return min(max(lr, LEAST), MOST)
