"""The steps in order, within a number of seconds, each as far as its share of them goes.

    texts     does the validation text stand in the training text as well?
    init      is the untrained loss ln V?
    overfit   can it learn one batch by heart?
    lr        which learning rate?
    grid      which rate with which weight decay, by validation loss?
    inside    does anything vanish, explode or sleep while it trains?

What a step finds is handed on as it grows; the time that one does not need the next ones get. A
family that counts takes no steps, so all but the first two questions make no sense for it, and that
is what it is told.
"""

import math
import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Any

from lm_core.doctor import by_heart, doubles, grid, overfit, pace, rates
from lm_core.doctor.grid import Opens, nobody
from lm_core.doctor.health import Health
from lm_core.doctor.inside import Inside
from lm_core.doctor.patient import Patient, Stop, Until, never
from lm_core.doctor.plan import SHARES, STEPS, Plan
from lm_core.doctor.untrained import untrained
from lm_core.doctor.verdicts import NOTE, OK, Verdict, out_of_time
from lm_core.models.contract import models
from lm_core.training.clock import Seconds
from lm_core.training.events import Diagnosed, Examined, Found

LAYOUTS = ((3, 3, 3), (3, 3, 0), (3, 2, 0))  # rates, decays, random points: what there is time for
LATE = 2.0  # times its seconds: where a step that is slower than it was measured is cut off
INSIDE_STEPS = (20, 300)  # at least, at most
INSIDE_SHARE = 0.25  # of the time of training that looking takes, about
Data = Generator[dict[str, Any], None, list[Verdict]]
NOT_FOR_COUNTING = {
    "overfit": "it knows what it counted at once, so nothing is learned by heart step by step",
    "lr": "it takes no steps, so there is no rate",
    "grid": "it has no weights, so there is neither a rate nor a decay",
    "inside": "it has no layers and no gradients to look at",
}

OF_TOKENS = {  # what asks about the tokens of a text, and says nothing of other data
    "texts": "The splits are compared token by token, and these examples are no single text.",
    "overfit": "What a batch of these allows is not known.",
}

NOT_FOR_GAMES = {
    "init": "no loss of theirs is what guessing blindly would cost",
    "lr": "a rate at which their losses fall fastest is not the best",
}


def examine(
    patient: Patient,
    plan: Plan | None = None,
    *,
    stop: Stop = never,
    opens: Opens = nobody,
    clock: Seconds = time.perf_counter,
) -> Iterator[Found | Diagnosed]:
    """Take the steps of the plan. Each yields `Found` as its data grows, numbered by its place in
    `STEPS` from 0, the last time with its verdicts, and then each of these as `Diagnosed`.

    Args:
        stop: asked between two steps of training.
        opens: keeps the cells of the grid (see `lm_core.doctor.grid`).
        clock: the seconds that the plan means.

    Raises:
        LabError: the text or the settings cannot be used.
    """
    for event in examining(patient, plan, stop=stop, opens=opens, clock=clock):
        if event is not None:
            yield event


def examining(
    patient: Patient,
    plan: Plan | None = None,
    *,
    stop: Stop = never,
    opens: Opens = nobody,
    clock: Seconds = time.perf_counter,
) -> Iterator[Found | Diagnosed | None]:
    """As `examine`, and None a few times a second where there is nothing new: whoever drives it may
    do something else meanwhile, while `clock` stands still."""
    plan = plan or Plan()
    taken = _Steps(patient, plan, stop, opens, clock)
    for part in plan.steps:
        if stop():
            return
        number, data = STEPS.index(part), {}
        if verdict := left_out(patient, part):
            verdicts = [verdict]
        else:
            step = getattr(taken, part)()
            verdicts = yield from _numbered(number, part, step, data)
        if data:
            said = [verdict.to_dict() for verdict in verdicts]
            yield Found(number, part, data | {"verdicts": said})
        yield from (verdict.at(number) for verdict in verdicts)


def _numbered(
    number: int, part: str, step: Data, last: dict[str, Any]
) -> Generator[Found | None, None, list[Verdict]]:
    """The data of a step as events, None where there is none; `last` holds the latest of it."""
    while True:
        try:
            data = next(step)
        except StopIteration as end:
            return end.value
        last |= data
        yield Found(number, part, data) if data else None


def left_out(patient: Patient, part: str) -> Verdict | None:
    """Why a step makes no sense for this model or for what it learns; None where it does."""
    if part in NOT_FOR_COUNTING and not patient.descends:
        title = models[patient.family].title
        text = f"{title} learns by counting: {NOT_FOR_COUNTING[part]}. This step is left out."
        return Verdict("not_for_counting", NOTE, text)
    if part in NOT_FOR_GAMES and patient.task.game:
        text = f"Several learn against each other: {NOT_FOR_GAMES[part]}. This step is left out."
        return Verdict("not_for_task", NOTE, text)
    asked = part == "overfit" and patient.task.least is not None
    if part in OF_TOKENS and not patient.reads and not asked:
        return Verdict("not_for_task", NOTE, f"{OF_TOKENS[part]} This step is left out.")
    return None


class _Steps:
    """Each step as a method: it yields its data and returns its verdicts."""

    def __init__(
        self, patient: Patient, plan: Plan, stop: Stop, opens: Opens, clock: Seconds
    ) -> None:
        self.patient, self.plan, self.stop, self.opens = patient, plan, stop, opens
        self.clock, self.end = clock, clock() + plan.seconds
        self.lr_to_try = patient.train.lr
        self._pace: pace.Pace | None = None

    @property
    def pace(self) -> pace.Pace:
        """Measured when it is first needed."""
        if self._pace is None:
            self._pace = pace.measure(self.patient, self.clock)
        return self._pace

    def seconds(self, part: str) -> float:
        """For this step, which begins now: its share of what is left."""
        waiting = self.plan.steps[self.plan.steps.index(part) :]
        left = max(0.0, self.end - self.clock())
        return left * SHARES[part] / sum(SHARES[step] for step in waiting)

    def until(self, seconds: float) -> Stop:
        """Stop when asked to, or after so long."""
        end = self.clock() + seconds
        return lambda: self.stop() or self.clock() > end

    def texts(self) -> Data:
        found = doubles.doubles(self.patient)
        yield found.data()
        return [found.verdict()]

    def init(self) -> Data:
        found = untrained(self.patient)
        yield found.data()
        return [found.verdict()]

    def overfit(self) -> Data:
        stop = self.until(self.seconds("overfit"))
        of = overfit.overfit if self.patient.reads else by_heart.by_heart
        found = yield from of(self.patient, stop=stop)
        return [found.verdict()]

    def lr(self) -> Data:
        seconds = self.seconds("lr")
        asked = self.plan.rates
        steps, kept = self.pace.for_rates(seconds, len(asked or rates.SWEEP))
        found = yield from rates.rates(
            self.patient,
            steps=steps,
            sweep_steps=kept,
            asked=asked,
            stop=self.until(LATE * seconds),
        )
        self.lr_to_try = found.suggested or self.lr_to_try
        return [found.verdict()]

    def grid(self) -> Data:
        if "validation" not in self.patient.data:
            text = "The grid is judged by validation text, and there is none."
            return [Verdict("grid_no_validation", NOTE, text, "Give more text.")]
        seconds, plan, train = self.seconds("grid"), self.plan, self.patient.train
        for layout in LAYOUTS:
            lrs = plan.lrs or grid.around(self.lr_to_try)
            decays = plan.decays or grid.DECAYS[: layout[1]]
            random = layout[2] if plan.random is None else plan.random
            each = seconds / (len(lrs) * len(decays) + random)
            steps, tokens = self.pace.for_run(each, train.eval_tokens)
            if steps > pace.CELL_LEAST:
                break
        found = yield from grid.search(
            replace(self.patient, train=replace(train, eval_tokens=tokens)),
            lrs=lrs,
            decays=decays,
            random=random,
            steps=steps,
            stop=self.until(LATE * seconds),
            opens=self.opens,
        )
        return [found.verdict()]

    def inside(self) -> Data:
        seconds = self.seconds("inside")
        train = self.patient.train
        training = (1 - INSIDE_SHARE) * seconds
        steps, tokens = self.pace.for_run(training, train.eval_tokens, *INSIDE_STEPS)
        trainer = self.patient.trainer(
            replace(train, eval_tokens=tokens, eval_every=math.ceil(steps / grid.EVALUATIONS)),
            steps=steps,
            control=Until(self.until(LATE * seconds)),
            callbacks=[Inside(share=math.inf)],  # at the same steps on every machine
        )
        data: dict[str, Any] = {}
        moved: list[dict[str, Any]] = []  # how far each matrix was moved, at each step examined
        verdicts: list[Verdict] = []
        for event in Health.of(trainer).listen(trainer.run()):
            if isinstance(event, Examined):
                ratios = {w["name"]: w["update_ratio"] for w in event.data["weights"]}
                moved = [*moved, {"step": event.step, "ratios": ratios}]
                data = event.data | {"step": event.step, "moved": moved, "done": False}
                yield data
            elif isinstance(event, Diagnosed):
                verdicts.append(Verdict.of(event))
            else:
                yield {}
        if data:
            yield data | {"done": True}
        if not data or trainer.step < INSIDE_STEPS[0]:  # too few to call anything healthy
            verdicts = [verdict for verdict in verdicts if verdict.severity != OK]
            verdicts.append(
                out_of_time(
                    f"Time was up after {trainer.step} steps, before much could be seen inside: "
                    f"{INSIDE_STEPS[0]} are the least."
                )
            )
        return verdicts
