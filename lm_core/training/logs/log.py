"""What every log is, and the figures that those who draw curves are given."""

from pathlib import Path
from typing import Any

from lm_core.training.events import KEPT, Evaluated, Event, Step


class Log:
    """Opened with a folder that exists, given events in the order they come, closed once.

    Args:
        folder, spec, name, after: see `Logs`.
    """

    @classmethod
    def check(cls) -> None:
        """Raises Unsupported where a package is missing, before anything is written."""

    def __init__(self, folder: Path, spec: dict[str, Any], *, name: str, after: int) -> None:
        raise NotImplementedError

    def take(self, event: Event) -> None:
        """Write what this log keeps of the event."""
        raise NotImplementedError

    def close(self) -> None:
        """Everything is written when this returns."""
        raise NotImplementedError


def figures(event: Event) -> dict[str, float]:
    """Curve -> value; empty for an event that is no figure.

    `train/nats` is the mean of the batch before the step, `validation/nats` the mean over a fixed
    part of the validation text; both in nats per token.
    """
    match event:
        case Step():
            return {
                "train/nats": event.loss,
                "train/lr": event.lr,
                "train/grad_norm": event.grad_norm,
                "train/tokens_per_second": event.tokens_per_second,
            }
        case Evaluated(split="train"):  # scored as the validation text is, unlike a batch
            return {"train/scored_nats": event.loss}
        case Evaluated() if event.split != KEPT:  # a curve has one figure a step
            return {f"{event.split}/nats": event.loss}
    return {}
