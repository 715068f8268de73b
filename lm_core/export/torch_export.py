"""torch.export: the pass as a graph of tensor operations, for `torch.export.load`.

The file also holds `lab.json`, as that of TorchScript does.
"""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from lm_core.checkpoints import Checkpoint
from lm_core.export.exporting import about
from lm_core.export.logits import Logits, ScannedLogits, check_exportable, example, quiet, refused
from lm_core.models.recurrent import Recurrent

__all__ = ["read", "refused", "write"]


def write(saved: Checkpoint, path: Path) -> None:
    """Capture the graph; sizes of the batch and of the text stay free, up to the context."""
    model = saved.model
    check_exportable(model)
    logits = ScannedLogits(model) if isinstance(model, Recurrent) else Logits(model)
    free = {"idx": {0: torch.export.Dim.AUTO, 1: torch.export.Dim.AUTO}}
    with quiet():
        program = torch.export.export(logits.eval(), (example(model),), dynamic_shapes=free)
        torch.export.save(program, path, extra_files={"lab.json": about(saved)})


def read(path: Path) -> Callable[[Tensor], Tensor]:
    with quiet():
        return torch.export.load(path).module()
