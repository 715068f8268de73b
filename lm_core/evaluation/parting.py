"""Where two runs part: the first step at which their losses are not the same number.

    parting = where_they_part([1, 2, 3], [4.2, 4.0, 3.9], [1, 2, 3], [4.2, 4.0, 3.8])
    parting.same, parting.step      # 2 steps alike, and they part at step 3

Two runs of one spec and one seed are the same run: they never part. With another rate they part at
the second step, since the first loss is that of the same weights; with another seed too, where an
untrained model says that every token is alike. So where they part tells what differs.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Parting:
    """What two runs have in common."""

    same: int  # steps that both told, with the same loss, before they part
    step: int | None  # the first one with another loss; None where there is none
    first: float | None = None  # the losses there
    second: float | None = None


def where_they_part(
    steps: Sequence[int],
    losses: Sequence[float],
    other_steps: Sequence[int],
    other_losses: Sequence[float],
) -> Parting:
    """Compares the losses of the steps that both told, in order; not a number is the same as not a
    number.

    Args:
        steps, losses: of one run, the steps growing; the others of the other.
    """
    told = dict(zip(other_steps, other_losses, strict=True))
    same = 0
    for step, loss in zip(steps, losses, strict=True):
        if step not in told:
            continue
        if loss != told[step] and (loss == loss or told[step] == told[step]):
            return Parting(same, step, loss, told[step])
        same += 1
    return Parting(same, None)
