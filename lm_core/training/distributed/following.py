"""What every process but the first does: the leader's steps, until it ends."""

from collections.abc import Callable
from typing import Any

from lm_core.training.distributed.sharding import BACK, JUDGE, MEMORY, SHOW
from lm_core.training.distributed.team import END, GATHER, STEP
from lm_core.training.resume import training_tensors
from lm_core.training.state import Training


def follow(training: Training, take_step: Callable[[int, float], Any]) -> None:
    """Do what is broadcast.

    Args:
        take_step: one optimizer step of so many rows at this learning rate.
    """
    team, weights = training.team, training.weights
    while True:
        code, value, count = team.receive()
        if code == END:
            return
        if code == GATHER:
            team.whole(training.state)
        elif code == STEP:
            take_step(count, value)
            training.step += 1
            if team.shards:
                weights.update(training.step)
        elif code == SHOW:
            weights.show(kept=bool(value))
        elif code == BACK:
            weights.back()
        elif code == JUDGE:
            weights.judge(value, count)
        elif code == MEMORY:
            training_tensors(training)
