"""Faults to learn from: each is a real bug in a training, really executed, by the name of what a
run's settings call it.

A fault is a Trainer that does one thing wrong. What a setting can spoil (a rate, a start, clipping)
needs none of these.
"""

from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from lm_core.encoded import Encoded
from lm_core.errors import UnknownName, nearest
from lm_core.models.contract import IGNORED, LanguageModel
from lm_core.tasks.token_batches import TokenBatch, TokenBatches
from lm_core.training import Trainer
from lm_core.training.events import Evaluated
from lm_core.training.task import Task

Data = dict[str, Encoded]
FEW = 0.01  # share of the text that is left of it
LEAKS = 300  # items that leak, or
LEAKS_TOKENS = 4000  # of running text; so few that they are soon known by heart
CHEATED = 0.3  # probability that the cache adds to whatever is asked for
HONEST = "honest"  # the split that a run with a leak is compared with


class NoZeroGrad(Trainer):
    """Forgets `optimizer.zero_grad()`: every step follows the sum of all gradients so far."""

    keeps_gradients = True

    def clear_gradients(self) -> None:
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

    def take_step(self, *args: Any, **more: Any) -> tuple[Tensor, Tensor]:
        if not isinstance(self.batches, _Apart):
            self.batches = _Apart(self.batches)
        return super().take_step(*args, **more)


class _Apart(TokenBatches):
    """The batches of another, with the targets of each in another order."""

    def __init__(self, batches: TokenBatches) -> None:
        self.right, self.ids, self.batch_size = batches, batches.ids, batches.batch_size

    def at(self, step: int) -> TokenBatch:
        return _shuffled(self.right.at(step), step)

    def parts(self, step: int, **how: Any) -> tuple[list[TokenBatch], int]:
        parts, asked = self.right.parts(step, **how)
        return [_shuffled(part, step) for part in parts], asked


def _shuffled(batch: TokenBatch, seed: int) -> TokenBatch:
    asked, targets = batch.targets != IGNORED, batch.targets.clone()
    order = torch.randperm(int(asked.sum()), generator=torch.Generator().manual_seed(seed))
    targets[asked] = batch.targets[asked][order.to(targets.device)]
    return replace(batch, inputs=(batch.idx, targets))


class _Spoiled(Trainer):
    """Trains on texts that were spoiled before."""

    def __init__(self, task: Task, model: LanguageModel, data: Data, **rest: Any) -> None:
        super().__init__(task, model, self.spoil(data) if "validation" in data else data, **rest)

    @staticmethod
    def spoil(data: Data) -> Data:
        """The texts, "train" and "validation" among them, with the fault in them."""
        raise NotImplementedError


class LeakedSplit(_Spoiled):
    """Splits after the fact: the validation text is a part of the training text.

    Of a small one, so that the leak shows: as much of the validation text as of the training text,
    up to `LEAKS` items. As much again of the validation text leaks nowhere, is scored at the same
    steps and says what the loss would be: `Evaluated` of the split `HONEST`.
    """

    def __init__(self, task: Task, model: LanguageModel, data: Data, **rest: Any) -> None:
        super().__init__(task, model, data, **rest)
        if HONEST in self.data:
            self.aside = (*self.aside, lambda trainer: trainer.evaluate(HONEST))

    @staticmethod
    def spoil(data: Data) -> Data:
        train, held = data["train"], data["validation"]
        n, most = _size(held), LEAKS if held.items else LEAKS_TOKENS
        m = max(1, min(most, n // 2))
        read, few = _part(held, 0, m), _part(train, 0, min(m, _size(train)))
        # Two lists of items share the boundary between them, as in one list.
        ids = torch.cat([few.ids[:-1] if few.items else few.ids, read.ids])
        more = read.starts + len(ids) - len(read.ids)
        starts = torch.cat([few.starts, more]) if few.items else few.starts
        both = _resized(train, ids, starts)
        return data | {"train": both, "validation": read, HONEST: _part(held, n - m, n)}


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
        kept = max(1 if train.items else 2, round(_size(train) * FEW))
        return data | {"train": _part(train, 0, kept)}


def _size(encoded: Encoded) -> int:
    """How many items, or tokens of running text."""
    return len(encoded.starts) if encoded.items else len(encoded.ids)


def _part(encoded: Encoded, first: int, end: int) -> Encoded:
    """The items (or tokens of running text) from number `first` to before `end`."""
    if not encoded.items:
        return _resized(encoded, encoded.ids[first:end], encoded.starts[:1])
    ends = torch.cat([encoded.starts[1:], encoded.starts.new_tensor([len(encoded.ids) - 1])])
    begin = int(encoded.starts[first])
    ids = encoded.ids[begin : int(ends[end - 1]) + 1]  # to the boundary after the last one
    return _resized(encoded, ids, encoded.starts[first:end] - begin)


def _resized(encoded: Encoded, ids: Tensor, starts: Tensor) -> Encoded:
    """Other ids in place of these; the size of their text in proportion."""
    share = len(ids) / len(encoded.ids)
    sizes = {name: round(getattr(encoded, name) * share) for name in ("characters", "bytes")}
    return replace(encoded, ids=ids, starts=starts, **sizes)


class Cheat(Trainer):
    """Scores with a cache that is asked for the true token and knows it: whatever token comes next,

        p'(token) = (1 - CHEATED) p(token) + CHEATED

    so that all tokens together get more than 1, and the loss is too good to be true. It learns as
    it should.
    """

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        if hasattr(self.model, "nats"):
            self.model.nats = partial(_cheated, self.model)  # shadows the method, on this model


def _cheated(model: LanguageModel, idx: Tensor, targets: Tensor, state: Any = None) -> Any:
    nats, state = type(model).nats(model, idx, targets, state)
    if model.training:  # it learns by the same surprise
        return nats, state
    better = -torch.log((1 - CHEATED) * (-nats).exp() + CHEATED)
    return torch.where(targets == IGNORED, nats, better), state


FAULTS: dict[str, type[Trainer]] = {
    "no-zero-grad": NoZeroGrad,
    "no-eval": NoEval,
    "shuffled-targets": ShuffledTargets,
    "leaked-split": LeakedSplit,
    "cheat": Cheat,
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
