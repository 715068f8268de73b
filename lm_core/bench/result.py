"""One measured number."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Result:
    """What was measured, under which settings. Timings are medians of several repeats."""

    name: str
    value: float
    unit: str
    higher_is_better: bool
    settings: dict[str, Any] = field(default_factory=dict)
