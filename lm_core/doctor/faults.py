"""Faults to learn from: each is a real bug in a training, really executed, by the name of what a
run's settings call it.

A fault is a Trainer that does one thing wrong. What a setting can spoil (a rate, a start, clipping)
needs none of these.
"""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from lm_core.encoded import Encoded
from lm_core.errors import UnknownName, nearest
from lm_core.models.contract import IGNORED, LanguageModel
from lm_core.training import Trainer
from lm_core.training.batches import Batch, Batches
from lm_core.training.events import Evaluated

Data = dict[str, Encoded]
FEW = 0.01  # share of the text that is left of it


class NoZeroGrad(Trainer):
    """Forgets `optimizer.zero_grad()`: every step follows the sum of all gradients so far."""

    keeps_gradients = True

    def _clear(self) -> None:
        pass


class NoEval(Trainer):
    """Forgets `model.eval()`: dropout goes on hiding numbers while the model is judged."""

    def evaluate(self, split: str = "validation", **how: Any) -> Evaluated:
        self.model.eval = self.model.train  # shadows the method, on this model alone
        try:
            self.model.train()
            return super().evaluate(split, **how)
        finally:
            del self.model.eval


class ShuffledTargets(Trainer):
    """Shuffles inputs and targets each for itself, as two lists that belong together."""

    def _one_step(self, *args: Any, **more: Any) -> tuple[Tensor, Tensor]:
        if not isinstance(self.batches, _Apart):
            self.batches = _Apart(self.batches)
        return super()._one_step(*args, **more)


class _Apart(Batches):
    """The batches of another, with the targets of each in another order."""

    def __init__(self, batches: Batches) -> None:
        self.right, self.ids, self.batch_size = batches, batches.ids, batches.batch_size

    def at(self, step: int) -> Batch:
        return _shuffled(self.right.at(step), step)

    def parts(self, step: int, **how: Any) -> tuple[list[Batch], int]:
        parts, asked = self.right.parts(step, **how)
        return [_shuffled(part, step) for part in parts], asked


def _shuffled(batch: Batch, seed: int) -> Batch:
    asked, targets = batch.targets != IGNORED, batch.targets.clone()
    order = torch.randperm(int(asked.sum()), generator=torch.Generator().manual_seed(seed))
    targets[asked] = batch.targets[asked][order.to(targets.device)]
    return replace(batch, targets=targets)


class _Spoiled(Trainer):
    """Trains on texts that were spoiled before."""

    def __init__(self, model: LanguageModel, data: Data, **rest: Any) -> None:
        super().__init__(model, self.spoil(data) if "validation" in data else data, **rest)

    @staticmethod
    def spoil(data: Data) -> Data:
        """The same texts, "train" and "validation" among them, with the fault in them."""
        raise NotImplementedError


class LeakedSplit(_Spoiled):
    """Splits after the fact: the validation text is a part of the training text."""

    @staticmethod
    def spoil(data: Data) -> Data:
        train, held = data["train"], data["validation"]
        # Two lists of items share the boundary between them, as in one list.
        ids = torch.cat([train.ids[:-1] if train.items else train.ids, held.ids])
        more = held.starts + len(ids) - len(held.ids)
        starts = torch.cat([train.starts, more]) if train.items else train.starts
        return data | {"train": _resized(train, ids, starts)}


class OtherTokenizer(_Spoiled):
    """Makes a tokenizer for each split: in the validation text the ids are in order of frequency
    there, whatever their order is in the training text (its first token is the first of both)."""

    @staticmethod
    def spoil(data: Data) -> Data:
        held = data["validation"]
        first = held.ids[:1]
        order = torch.bincount(held.ids).argsort(descending=True, stable=True)
        order = torch.cat([first, order[order != first]])
        names = torch.empty_like(order)
        names[order] = torch.arange(len(order))
        return data | {"validation": replace(held, ids=names[held.ids])}


class FewData(_Spoiled):
    """Trains on a hundredth of the text."""

    @staticmethod
    def spoil(data: Data) -> Data:
        train = data["train"]
        if not train.items:
            few = train.ids[: max(2, round(len(train.ids) * FEW))]
            return data | {"train": _resized(train, few, train.starts)}
        kept = max(1, round(len(train.starts) * FEW))
        ends = torch.cat([train.starts[1:], train.starts.new_tensor([len(train.ids) - 1])])
        few = train.ids[: int(ends[kept - 1]) + 1]  # to the boundary after the last one
        return data | {"train": _resized(train, few, train.starts[:kept])}


def _resized(encoded: Encoded, ids: Tensor, starts: Tensor) -> Encoded:
    """Other ids in place of these; the size of their text in proportion."""
    share = len(ids) / len(encoded.ids)
    sizes = {name: round(getattr(encoded, name) * share) for name in ("characters", "bytes")}
    return replace(encoded, ids=ids, starts=starts, **sizes)


FAULTS: dict[str, type[Trainer]] = {
    "no-zero-grad": NoZeroGrad,
    "no-eval": NoEval,
    "shuffled-targets": ShuffledTargets,
    "leaked-split": LeakedSplit,
    "other-tokenizer": OtherTokenizer,
    "few-data": FewData,
}


def trainer_with(fault: str) -> type[Trainer]:
    """What trains with this fault; "" is none.

    Raises:
        UnknownName: with the nearest known name.
    """
    if fault == "":
        return Trainer
    if not isinstance(fault, str) or fault not in FAULTS:  # JSON may bring a list
        raise UnknownName(f"Unknown fault {fault!r}{nearest(fault, list(FAULTS))}")
    return FAULTS[fault]
