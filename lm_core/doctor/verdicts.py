"""A verdict: what was measured, against which threshold, and what to do about it.

Thresholds are named constants beside whoever measures; the text quotes both numbers.
"""

from dataclasses import asdict, dataclass
from typing import Any

from lm_core.training.events import Diagnosed

OK, NOTE, ALARM = "ok", "note", "alarm"
SEVERITIES = (OK, NOTE, ALARM)


@dataclass(frozen=True)
class Verdict:
    """One judgement.

    Args:
        code: what it is about, for programs ("untrained_ok", "confident_start").
        severity: ok, note (worth knowing) or alarm (mend this first).
        text: what was measured and the threshold, in a sentence.
        cure: what to do, in a sentence; "" where nothing is to be done.
        control: the setting that mends it ("train.lr", "model.init"); "" where there is none.
    """

    code: str
    severity: str
    text: str
    cure: str = ""
    control: str = ""

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            raise ValueError(f"severity is one of {', '.join(SEVERITIES)}, not {self.severity!r}")

    @classmethod
    def of(cls, said: Diagnosed) -> "Verdict":
        """A verdict from the event that `at` made of it."""
        return cls(said.code, said.severity, said.text, said.cure, said.control)

    def at(self, step: int) -> Diagnosed:
        """The event that says so after `step` steps."""
        return Diagnosed(step, self.code, self.severity, self.text, self.cure, self.control)

    def line(self) -> str:
        """For people, where there are no badges and no colours."""
        return f"{self.severity:5}  {self.code}: {self.text} {self.cure}".rstrip()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def out_of_time(text: str) -> Verdict:
    """The verdict where seconds ended a measurement before it could be judged: how far it came is
    all that can be said, for on another machine it would have come further."""
    return Verdict("out_of_time", NOTE, text, "Give it more time.")
