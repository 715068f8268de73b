"""How much memory a training takes, known before anything of it is made.

    bytes = weights + gradients + optimizer's memory + averages
            + what the graph keeps of a piece of a batch + its largest part and that one's gradient

The model is a blueprint (torch's `meta` device): all shapes and no numbers, so the estimate of a
model of any size takes none of the memory it speaks of. What the graph keeps is counted while the
blueprint reads a piece; as that takes seconds the first time, a bound is asked first, and settles
it for whatever is small. `memory.py` measures the same of a model that is there.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from lm_core.errors import BadSettings
from lm_core.machine import free_memory
from lm_core.models import models
from lm_core.models.building import SMALL, Make, blueprint, usual
from lm_core.models.contract import LanguageModel
from lm_core.models.kept import Kept
from lm_core.models.recomputing import parts, recompute
from lm_core.settings import Settings
from lm_core.training.settings import TrainSettings

ROOM = 0.9  # share of the free memory that a training may take
FEW = 256  # tokens
# What makes them large, in the order in which one would lower it.
OF_STEP = ("batch_size", "block_size", "n_layer", "n_embd", "n_hidden")
OF_WEIGHTS = ("n_layer", "n_embd", "n_hidden", "vocab_size")


@dataclass(frozen=True)
class Need:
    """Bytes: of the weights with all that is kept for each of them, and of what a step makes."""

    weights: int
    step: int

    @property
    def total(self) -> int:
        return self.weights + self.step


def check(
    family: str,
    settings: Settings,
    vocab_size: int,
    train: TrainSettings,
    *,
    longest: int | None = None,
    make: Make = usual,
) -> None:
    """See that a training fits into the memory that is free now, where the system says how much
    that is.

    Args:
        longest: tokens of the longest row that the text can give; None where nobody knows.
        make: puts the model together, where something is added to a trained one, or parts stay.

    Raises:
        BadSettings: it does not; with both numbers, and what to lower.
    """
    free = free_memory()
    if free is None or models[family].build.learns_by == "counting":
        return
    shared = torch.distributed.is_available() and torch.distributed.is_initialized()
    if torch.cuda.is_available() or shared:
        return  # it takes another memory than this, or is shared out: `memory.py` speaks then
    room = max(ROOM * free, SMALL)
    planned = Plan(family, settings, vocab_size, train, longest, make)
    if planned.bound().total <= room:
        return
    need = planned.need()
    if need.total <= room:
        return
    values = settings.to_dict() | {"batch_size": train.batch_size, "vocab_size": vocab_size}
    names = OF_WEIGHTS if need.weights > room else OF_STEP
    if planned.stays:  # the shape of a trained model is what it is
        names = ("batch_size",)
    names = [name for name in names if name in values]
    lower = [f"{name} (now {values[name]:,})" for name in names]
    lower += ["start from a smaller model"] if planned.stays else []
    raise BadSettings(
        f"This training would take about {need.total / 1e9:,.1f} GB of memory, "
        f"{need.weights / 1e9:,.1f} GB of it for its weights, and {free / 1e9:,.1f} GB are free: "
        f"lower {', '.join(lower[:-1])} or {lower[-1]}.",
        *names,
    )


class Plan:
    """A training of which there is a blueprint. Arguments as for `check`."""

    def __init__(
        self,
        family: str,
        settings: Settings,
        vocab_size: int,
        train: TrainSettings,
        longest: int | None = None,
        make: Make = usual,
    ) -> None:
        self.model = blueprint(family, settings.to_dict(), vocab_size, make).train()
        if parts(self.model):
            recompute(self.model, train.recompute)
        self.rows = -(-train.batch_size // train.accumulate)
        size = getattr(settings, "block_size", 64)
        size = min(size, self.model.context_size or size)  # a soft prompt stands in some places
        self.size = size if longest is None else min(size, longest)
        self.heads = getattr(settings, "n_head", 0) * getattr(settings, "n_layer", 0)
        learned = sum(p.nbytes for p in self.model.parameters() if p.requires_grad)
        # What stays: itself, and the trained model that it is copied from.
        self.stays = sum(p.nbytes for p in self.model.parameters() if not p.requires_grad)
        copies = 4 + (train.ema > 0) + train.keep_best  # itself, gradient, two of the optimizer
        self.weights = copies * learned + 2 * self.stays
        self.weights += sum(b.nbytes for b in self.model.buffers())

    def __repr__(self) -> str:
        return f"Plan({type(self.model).__name__}, {self.rows} rows of {self.size})"

    def bound(self) -> Need:
        """No less than `need`, found in no time: so many numbers go into and come out of each
        matrix for each token, several of each are kept, and each head weighs each pair of tokens.
        Beside few tokens the largest tensor that is made may be one of the shape of a matrix. A
        matrix that stays is kept once more where a change is added to it.
        """
        matrices = [p for p in self.model.parameters() if p.dim() > 1]
        wide = sum(sum(p.shape[-2:]) for p in matrices)
        tokens = self.rows * self.size
        step = 4 * tokens * (8 * wide + 3 * self.heads * self.size)
        return Need(self.weights, step + self.stays + 2 * max(p.nbytes for p in matrices))

    def need(self) -> Need:
        """The estimate. A recurrent network goes back through a layer in one piece, and then holds
        as much again; what it keeps grows by the token, and each takes a while to look at."""
        along = self.model.carries_state
        size = min(self.size, FEW) if along else self.size
        graph, largest = _graph(self.model, self.rows, size)
        return Need(self.weights, (1 + along) * graph * self.size // size + 2 * largest)


def _graph(model: LanguageModel, rows: int, size: int) -> tuple[int, int]:
    """Bytes that the graph of a piece keeps, the weights left out, and the largest tensor made."""
    from torch.fx.experimental import _config

    idx = torch.zeros(rows, size, dtype=torch.long, device="meta")
    # Some ask which places count, which a blueprint cannot know: all of them.
    every = _config.patch(meta_nonzero_assume_all_nonzero=True)
    with every, Kept(model) as kept, _Largest() as made:
        graph = model.objective(idx, idx, None)
    held = kept.bytes
    del graph
    return held, made.most


class _Largest(TorchDispatchMode):
    """Notes how large the largest tensor is that is made meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.most = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        for one in made if isinstance(made, (tuple, list)) else (made,):
            if isinstance(one, Tensor):
                self.most = max(self.most, one.nbytes)
        return made
