"""The operations of a model as TensorBoard draws them (`tensorboard --logdir FOLDER`, there under
Graphs): a box for each module of the code, opened by a double click, down to single operations.

    Path("graph.zip").write_bytes(graph_zip(load_checkpoint(folder)))

The pass is recorded by TorchScript's tracing with the shapes of one small batch, and written by
`torch.utils.tensorboard`.
"""

import io
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lm_core.checkpoints import Checkpoint
from lm_core.errors import Unsupported
from lm_core.export import logits
from lm_core.export.logits import EXAMPLE, Logits, quiet
from lm_core.models import models
from lm_core.models.contract import LanguageModel, Model
from lm_core.models.translating import Translates
from lm_core.training.logs.event_files import EventFiles

FILE = "events.out.tfevents.graph"
_ONE_AT_A_TIME = threading.Lock()  # what a tracing knows of modules is kept once for a process


class Answer(nn.Module):
    """What turns one text into another, from its first token on."""

    def __init__(self, model: Translates) -> None:
        super().__init__()
        self.model = model

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        return self.model.answer(source, target)


def refused(card: dict[str, Any]) -> str:
    """Why a model with this card has no such graph, in a sentence; "" where it has."""
    described = card.get("model")
    name = described.get("name") if isinstance(described, dict) else None
    if name in models and issubclass(models[name].build, Translates):
        return ""
    return logits.refused(card).replace("cannot be exported", "has no graph")


def graph_zip(saved: Checkpoint) -> bytes:
    """A zip with an event file, to unpack into a folder that TensorBoard is begun with.

    Raises:
        Unsupported: a family that is no fixed graph of tensors, or tensorboard is not installed.
    """
    if why := refused(saved.meta):
        raise Unsupported(why)
    EventFiles.check()
    from torch.utils.tensorboard import SummaryWriter

    packed = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="lm-graph-") as folder:
        with _ONE_AT_A_TIME, quiet():
            module, given = _recorded_with(saved.model)
            # The check of torch would trace twice more, and what is drawn computes nothing.
            traced = torch.jit.trace(module.eval(), given, check_trace=False)
            with SummaryWriter(folder) as writer:
                writer.add_graph(traced, given)
        (made,) = Path(folder).iterdir()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            # Under a name of its own: the writer's has this machine's name in it.
            archive.writestr(FILE, made.read_bytes())
    return packed.getvalue()


def _recorded_with(model: Model) -> tuple[nn.Module, tuple[Tensor, ...]]:
    """A module whose pass is the model's, and a small batch for it."""
    if isinstance(model, Translates):
        source, target = (_ids(size) for size in (model.source_size, model.vocab_size))
        return Answer(model), (source, target)
    if isinstance(model, LanguageModel):
        return Logits(model), (_ids(model.vocab_size),)
    return model, (_ids(model.registered.vocab_size),)


def _ids(size: int | None) -> Tensor:
    """Ids (B, T) of a vocabulary; None is one that any of these fits."""
    B, T = EXAMPLE
    return torch.arange(B * T).remainder(size or 2).view(B, T)
