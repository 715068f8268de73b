"""TorchScript: a recorded pass, for `torch.jit.load` in Python or C++.

Deprecated in PyTorch and still the format most programs read. The file also holds `lab.json`
(`torch.jit.load(..., _extra_files=...)`): what goes in, what comes out, the tokenizer.
"""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from lm_core.checkpoints import Checkpoint
from lm_core.export.exporting import about
from lm_core.export.logits import Logits, check_exportable, example, quiet, refused

__all__ = ["read", "refused", "write"]


def write(saved: Checkpoint, path: Path) -> None:
    """Record one pass; sizes of the batch and of the text stay free."""
    check_exportable(saved.model)
    with quiet():
        # The check of torch would trace twice; ours compares what was written.
        program = torch.jit.trace(
            Logits(saved.model).eval(), (example(saved.model),), check_trace=False
        )
        torch.jit.save(program, path, _extra_files={"lab.json": about(saved)})


def read(path: Path) -> Callable[[Tensor], Tensor]:
    with quiet():
        return torch.jit.load(path)
