"""Which weights a model holds: the live ones that train, their running average, or the best.

    average = d average + (1 - d) live,    d = min(decay, (1 + step) / (10 + step))

What the steps leave behind jitters around something better than any of them, and the average is
close to it (Polyak and Juditsky 1992; as a running average Tarvainen and Valpola 2017, "Mean
teachers"). The smaller d of the first steps forgets the untrained weights soon. The statistics of
a BatchNorm are averaged with the weights.

While a model shows other weights than the live ones, those are kept aside here: contents are
exchanged, never the tensors, so that the optimizer and cuDNN's flat weights stay as they are.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from lm_core.models.contract import Model

KINDS = ("live", "average", "best")


class Weights:
    """The weights of one run.

    Args:
        decay: of the average; 0 is no average.
        keep_best: remember the weights of the best evaluation, and keep them where the last one
            was worse; while evaluations get better the newest weights are the ones to keep.
        patience: evaluations without a new best after which there is `enough`; 0 never.
    """

    def __init__(
        self,
        model: Model,
        *,
        decay: float = 0.0,
        keep_best: bool = False,
        patience: int = 0,
    ) -> None:
        self.here = _tensors(model)  # of a model in shards this process's own rows
        self.decay, self.patience = decay, patience
        self.keep_best = keep_best and bool(self.here)  # what counts has no weights
        self.live: list[Tensor] | None = None  # None: the model holds them
        self.average = _copies(self.here) if decay and self.here else None
        self.best: list[Tensor] | None = None
        self.step = 0  # the last one taken
        self.best_loss, self.best_step, self.waited = math.inf, 0, 0
        self.judged_on = 0  # tokens of the evaluations that are compared
        self.showing: bool | None = None  # the weights to keep, those to judge; None: the live ones

    @property
    def shows(self) -> bool:
        """Whether the model holds others than the live ones."""
        return self.live is not None

    @property
    def kept_step(self) -> int | None:
        """The step whose weights are to be kept, where they are older than the newest."""
        return self.best_step if self.best is not None and self.waited else None

    @property
    def enough(self) -> bool:
        """Whether the evaluations have stopped getting better."""
        return 0 < self.patience <= self.waited

    @torch.no_grad()
    def update(self, step: int) -> None:
        """After the step of that number (counted from 1)."""
        self.step = step
        if self.average is None:
            return
        decay = min(self.decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(self.average, self.here, 1 - decay)

    @torch.no_grad()
    def judge(self, loss: float, tokens: int = 0) -> None:
        """Hear the loss of an evaluation of the weights that are shown now.

        Args:
            tokens: how many were scored. The best is one among evaluations of one size: a sample
                that happens to be easier would beat all that follow.
        """
        if tokens != self.judged_on:
            self.begin_anew()
            self.judged_on = tokens
        if loss < self.best_loss:
            self.best_loss, self.best_step, self.waited = loss, self.step, 0
            if self.keep_best and self.best is None:
                self.best = _copies(self._judged())
            elif self.keep_best:
                torch._foreach_copy_(self.best, self._judged())
        else:
            self.waited += 1

    def begin_anew(self) -> None:
        """Forget the best: the next evaluation is compared with none before it."""
        self.best, self.best_loss, self.best_step, self.waited = None, math.inf, 0, 0

    @contextmanager
    def shown(self, *, kept: bool = False) -> Iterator[None]:
        """The model holds the weights to be judged (the average where there is one), or those to
        be `kept` (the best where they are remembered); afterwards what it held before."""
        before = self.showing
        if before == kept:
            yield
            return
        self.back()
        self.show(kept=kept)
        try:
            yield
        finally:
            self.back()
            if before is not None:
                self.show(kept=before)

    @torch.no_grad()
    def show(self, *, kept: bool) -> None:
        """As `shown`, until `back` is called."""
        if self.showing is not None:
            return
        self.showing, chosen = kept, self._chosen(kept)
        if chosen is not None:
            self.live = _copies(self.here)
            torch._foreach_copy_(self.here, chosen)

    @torch.no_grad()
    def back(self) -> None:
        """The live weights again."""
        self.showing = None
        if self.live is not None:
            torch._foreach_copy_(self.here, self.live)
            self.live = None

    def _chosen(self, kept: bool) -> list[Tensor] | None:
        """What is shown in place of the live ones; None where those are."""
        return self.best if kept and self.kept_step is not None else self.average

    def tensors(self) -> Iterator[tuple[str, Tensor]]:
        """What a resumed run needs beside the weights in the model, flat and named; nothing where
        no option of this file is on."""
        if self.average is None and not self.keep_best and not self.patience:
            return
        for kind in KINDS:
            for i, tensor in enumerate(getattr(self, kind) or ()):
                yield f"{kind}.{i}", self._joined(i, tensor)
        judged = [self.best_loss, self.waited, self.best_step, self.judged_on]
        yield "judged", torch.tensor(judged, dtype=torch.float64)

    @torch.no_grad()
    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Take back what `tensors` gave, the weights that were shown being in the model.

        Raises:
            KeyError, RuntimeError: they are another model's.
        """
        found = {kind: self._of(kind, tensors) for kind in KINDS}
        if found["live"]:
            torch._foreach_copy_(self.here, found["live"])
        if self.average is not None:  # an average that begins now begins with the live weights
            self.average = found["average"] or _copies(self.here)
        self.best = found["best"] if self.keep_best else None
        if "judged" in tensors:
            # An older file says neither the step nor the size: its next evaluation begins anew.
            loss, waited, step, tokens = [*tensors["judged"].tolist(), 0, 0][:4]
            # The best is looked for anew where its weights were not kept.
            self.best_loss = math.inf if self.keep_best and not self.best else loss
            self.waited, self.best_step, self.judged_on = int(waited), int(step), int(tokens)

    def _of(self, kind: str, tensors: dict[str, Tensor]) -> list[Tensor] | None:
        if f"{kind}.0" not in tensors:
            return None
        found = _copies(self.here)
        for i, tensor in enumerate(found):
            saved = self._own(i, tensors[f"{kind}.{i}"])
            if saved.shape != tensor.shape:
                raise KeyError(f"{kind}.{i}")
            tensor.copy_(saved)
        return found

    def _judged(self) -> list[Tensor]:
        """The weights that an evaluation judges, while they are shown."""
        return self.here

    def _joined(self, i: int, own: Tensor) -> Tensor:
        """The whole of the i-th tensor, of which this process holds its `own` part: all of it."""
        return own

    def _own(self, i: int, whole: Tensor) -> Tensor:
        """What this process holds of the i-th tensor, given the `whole`: all of it."""
        return whole


def _tensors(model: nn.Module) -> list[Tensor]:
    norms = [m for m in model.modules() if isinstance(m, _BatchNorm)]
    statistics = [b for m in norms for b in m.buffers(recurse=False) if b.is_floating_point()]
    return [local(p.detach()) for p in model.parameters()] + statistics


def local(tensor: Tensor) -> Tensor:
    """The rows that this process holds of a tensor in shards; another tensor is its own."""
    return tensor.to_local() if hasattr(tensor, "to_local") else tensor


def _copies(tensors: list[Tensor]) -> list[Tensor]:
    return [t.detach().clone() for t in tensors]
