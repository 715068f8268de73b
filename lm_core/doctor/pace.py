"""How fast a model trains and is scored here, and so how many steps fit into some seconds."""

from dataclasses import dataclass, replace

from lm_core.doctor.grid import LOOKS
from lm_core.doctor.patient import Patient, plain
from lm_core.doctor.rates import STEPS, SWEEP, SWEEP_STEPS
from lm_core.training import Control
from lm_core.training.clock import Seconds

TRIED = 6  # steps; the first is slower than the others
TRIED_TOKENS = 1000
RANGE_SHARE = 0.4  # of the time for learning rates; the sweep has the rest
RANGE_LEAST, SWEEP_LEAST = 25, 15  # steps below which nothing is to be seen
CELL_LEAST, CELL_MOST = 15, 300
CELL_TOKENS = 1000  # scored at the least
SCORE_SHARE = 0.25  # of a cell's time


@dataclass(frozen=True)
class Pace:
    """Seconds of one step, of one scored token, and before the first step is done."""

    step: float
    token: float = 0.0
    start: float = 0.0

    def steps(self, seconds: float, least: int, most: int) -> int:
        """How many steps a fresh model takes in so long, between the two."""
        return max(least, min(most, int((seconds - self.start) / self.step)))

    def for_rates(self, seconds: float, rates: int = len(SWEEP)) -> tuple[int, int]:
        """Steps of the range test, and of each run of a sweep of so many `rates` and one."""
        each = (1 - RANGE_SHARE) * seconds / (rates + 1)
        return (
            self.steps(RANGE_SHARE * seconds, RANGE_LEAST, STEPS),
            self.steps(each, SWEEP_LEAST, SWEEP_STEPS),
        )

    def for_run(
        self, seconds: float, most_tokens: int, least: int = CELL_LEAST, most: int = CELL_MOST
    ) -> tuple[int, int]:
        """Steps of a run (a cell of the grid), and tokens at each of its evaluations."""
        affordable = SCORE_SHARE * seconds / LOOKS / max(self.token, 1e-9)
        tokens = min(most_tokens, max(CELL_TOKENS, int(affordable)))
        left = seconds - LOOKS * tokens * self.token
        return self.steps(left, least, most), tokens


class _Noting(Control):
    """Notes when each step begins."""

    def __init__(self, clock: Seconds) -> None:
        super().__init__()
        self.clock, self.at = clock, []

    def look(self) -> str:
        self.at.append(self.clock())
        return self.requested


def measure(patient: Patient, clock: Seconds) -> Pace:
    """Train a fresh model for a moment."""
    began, control = clock(), _Noting(clock)
    train = replace(plain(patient.train), eval_tokens=TRIED_TOKENS, eval_every=TRIED + 1)
    trainer = patient.trainer(
        train, steps=TRIED, data={"train": patient.data["train"]}, control=control
    )
    for _ in trainer.run():
        pass
    ended, at = clock(), control.at
    step = (at[-1] - at[1]) / (len(at) - 2) if len(at) > 2 else ended - began
    scored = trainer.evaluate("train")
    token = (clock() - ended) / scored.scored_tokens
    return Pace(max(step, 1e-6), token, max(0.0, ended - began - step * TRIED))
