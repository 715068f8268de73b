"""One judgement of a run as it stands, for all who speak of it: the sentence under its curve, the
list of what was found, where it stands, and the loss it is known by.

    said = judged(points, evaluations, found)
    said.reading.text       the sentence under the curve
    said.findings           what was found, the gravest first
    said.headline           the last validation loss, and its step
    said.standing("running")

All come from the same rows, so none says what another denies, and each names the step it is about.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lm_core.doctor.reading import Reading, read
from lm_core.doctor.verdicts import ALARM, NOTE, OK, SEVERITIES

Finding = Mapping[str, Any]  # the fields of a Diagnosed event, by name
MEND = "something is to be mended, see below"


@dataclass(frozen=True)
class Judgement:
    """Args:
    reading: of the curves.
    findings: the last word on each matter, the gravest first.
    headline: step and nats of the last evaluation whose loss is known.
    step: the last that was taken.
    """

    reading: Reading
    findings: tuple[Finding, ...]
    headline: tuple[int, float] | None
    step: int

    @property
    def grave(self) -> bool:
        """Whether something has to be mended."""
        diverged = self.reading.code == "diverged"
        return diverged or any(row["severity"] == ALARM for row in self.findings)

    @property
    def noted(self) -> list[Finding]:
        """What is wrong, or worth knowing."""
        return [row for row in self.findings if row["severity"] != OK]

    @property
    def fine(self) -> list[Finding]:
        """What was looked at and found well."""
        return [row for row in self.findings if row["severity"] == OK]

    def standing(self, status: str, *, early: bool = False) -> str:
        """A run that trains, or has ended as it should, in words.

        Args:
            status: "running" or "finished".
            early: it ended before its budget did, as its settings ask for.
        """
        if status == "running":
            now = f"Training, step {self.step:,}" if self.step else "Training"
            return f"{now}: {MEND}." if self.grave else f"{now}."
        how = "It ended early" if early else "The budget is spent"
        if self.grave:
            return f"{how}, after step {self.step:,}: {MEND}."
        return f"Done: {how[0].lower()}{how[1:]}, after step {self.step:,}."


def judged(
    points: pd.DataFrame,
    evaluations: pd.DataFrame,
    findings: Iterable[Finding] = (),
    *,
    counts: bool = False,
    over: bool = False,
    judge: str = "nats",
) -> Judgement:
    """The judgement of what is known so far.

    Args:
        points: columns `step` and `train_nats`.
        evaluations: columns `step` and `nats`, of validation text.
        findings: all that was diagnosed, in the order in which it was.
        counts, over, judge: as `reading.read`.
    """
    last = last_words(findings)
    named = {kind: _named(last, kind) for kind in (ALARM, NOTE)}
    how = {"counts": counts, "over": over, "judge": judge}
    reading = read(points, evaluations, alarms=named[ALARM], notes=named[NOTE], **how)
    grave = reading.code == "diverged" or named[ALARM]
    if grave:  # said at an end that was none, or before the last evaluation broke
        last = [row for row in last if row["code"] != "healthy"]
    step = 0 if points.empty else int(points["step"].max())
    return Judgement(reading, tuple(last), _headline(evaluations), step)


def last_words(findings: Iterable[Finding]) -> list[Finding]:
    """Of findings in order of step the last of each code, the gravest first."""
    last = {row["code"]: row for row in findings}
    return sorted(last.values(), key=lambda row: (-SEVERITIES.index(row["severity"]), row["step"]))


def _named(findings: Sequence[Finding], severity: str) -> list[tuple[str, int]]:
    return [(row["code"], row["step"]) for row in findings if row["severity"] == severity]


def _headline(evaluations: pd.DataFrame) -> tuple[int, float] | None:
    rows = evaluations.sort_values("step", kind="stable")
    for step, nats in zip(rows["step"][::-1], rows["nats"][::-1], strict=True):
        if not math.isnan(nats):
            return int(step), float(nats)
    return None
