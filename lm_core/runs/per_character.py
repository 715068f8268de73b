"""The loss of a run per character of its text: whether that can be had, and the factor for it.

bits per character = nats per token / ln 2 * tokens / characters
"""

import math
from typing import TYPE_CHECKING

from lm_core import extent

if TYPE_CHECKING:  # which imports torch, and pages do so late
    from lm_core.runs.store import Run


def of_tokens(run: "Run") -> bool:
    """Whether it guesses the tokens of one text, so that its loss can be had per character."""
    from lm_core.training.task import tasks

    name = run.spec["task"]["name"]
    return name not in tasks or tasks[name].build.weighed


def tokens_per_character(run: "Run") -> float:
    """In what is scored of the validation text; 1 until that is known, and not a number where
    bits are withheld."""
    if withheld(run):
        return math.nan
    counted = _counted(run)
    skipped = counted.get("skipped_characters", 0)
    return counted.get("tokens", 1) / max(1, counted.get("characters", 1) - skipped)


def withheld(run: "Run") -> str | None:
    """Why the loss of this run is not given in bits per character, where it is not."""
    if not of_tokens(run):
        return "its loss is not about the tokens of a text."
    counted = _counted(run)
    skipped = counted.get("skipped_characters", 0)
    return extent.withheld(counted.get("characters", 0) - skipped, skipped)


def _counted(run: "Run") -> dict[str, int]:
    counts = run.facts.get("counts", {})
    return counts.get("validation") or counts.get("train") or {}
