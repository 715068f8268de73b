"""The one place where speed and quality are measured: `python -m lm_core bench`.

Figures of one run on one machine; compare them as ratios within a run. Nothing here is a test.
"""

import importlib
from collections.abc import Callable
from typing import Any

from lm_core.bench.result import Result
from lm_core.machine import this_machine

PARTS = ("ngram", "train", "generate", "start", "live")
LONG = (  # when asked for by name only; "page" is the end of "start"
    *("page", "quality", "lists", "watch", "explorer", "inside", "class", "quantized", "adapt"),
)

FILES = {"lists": "own_lists", "class": "classroom"}  # where a part is not in the file of its name


def run_bench(
    what: str, say: Callable[[str], None], **how: Any
) -> tuple[dict[str, Any], list[str]]:
    """Measure one part or "all"; the JSON answer, and lines for people. `how` goes to the part."""
    results: list[Result] = []
    for part in PARTS if what == "all" else (what,):
        say(f"measuring {part} ...")
        module = importlib.import_module(f"lm_core.bench.{FILES.get(part, part)}")
        results += getattr(module, f"bench_{part}")(**how)
    answer = {"machine": this_machine(), "results": [result.__dict__ for result in results]}
    lines = [", ".join(f"{k} {v}" for k, v in this_machine().items())]
    lines += [f"{r.name:34} {r.value:12.4g} {r.unit:22} {_said(r)}" for r in results]
    return answer, lines


def _said(result: Result) -> str:
    return ", ".join(f"{k}={v}" for k, v in result.settings.items())
