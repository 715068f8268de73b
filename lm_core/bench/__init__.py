"""The one place where speed and quality are measured: `python -m lm_core bench`.

Figures of one run on one machine; compare them as ratios within a run. Nothing here is a test.
"""

import importlib
import platform
from collections.abc import Callable
from typing import Any

from lm_core.bench.result import Result

PARTS = ("ngram", "train", "generate", "start", "live")
LONG = ("quality", "lists", "watch", "class")  # measured when asked for by name only

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
    answer = {"machine": machine(), "results": [result.__dict__ for result in results]}
    lines = [", ".join(f"{k} {v}" for k, v in machine().items())]
    lines += [f"{r.name:34} {r.value:12.4g} {r.unit:22} {_said(r)}" for r in results]
    return answer, lines


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    import torch

    from lm_core import __version__
    from lm_core.machine import cores, processor

    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "none"
    return {
        "processor": processor(),
        "cores": cores(),
        "gpu": gpu,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "lm_core": __version__,
    }


def _said(result: Result) -> str:
    return ", ".join(f"{k}={v}" for k, v in result.settings.items())
