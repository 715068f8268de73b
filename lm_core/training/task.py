"""What a trainer has to know of what is learned, and nothing more: the contract of every task.

    loss = (sum over the batch of what each target costs) / (targets) + penalty

A task says how the data is cut into batches, what a batch costs, how good the model is on a split,
and who learns. Text, pairs, labels, series, pictures and games of several networks are tasks; the
loop, the step, the callbacks and the checkpoints are the same for all. The tasks themselves are in
`lm_core.tasks`, found by name as models and corpora are.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Self

from torch import Tensor, nn

from lm_core.codec import Codec
from lm_core.models.contract import Model
from lm_core.registry import Entry, Registry
from lm_core.settings import Settings
from lm_core.split import Split
from lm_core.training.batches import Batches, Examples
from lm_core.training.events import Event, Preview

tasks = Registry("task", package="lm_core.tasks")


# Texts by split -> a tokenizer that has learned from them; keywords as `learned_from` has them.
Cut = Callable[..., Any]


class Loss(NamedTuple):
    """What a batch costs. Sums are taken by the trainer, over all pieces and processes at once."""

    each: Tensor  # of every target, any shape; 0 where none is asked for
    penalty: Tensor | float = 0.0  # added to their mean
    state: Any = None  # hidden state that the next batch goes on from


@dataclass(frozen=True)
class Player:
    """Who learns: the weights of `module`, by an optimizer of their own.

    Most tasks have one. In a game of several each takes its step in turn, by its own loss, while
    the others stay as they are. All of them step on the same batch first, and who has more turns
    goes on over other batches, as in algorithm 1 of Goodfellow et al. 2014.
    """

    name: str
    module: nn.Module
    loss: Callable[..., Loss]  # (model, *inputs, state), the model being all of it
    turns: int = 1  # steps that it takes in each step of the training


@dataclass(frozen=True)
class Scored:
    """How good a model is on a split, or on a fixed part of it."""

    loss: float  # the figure that judges: the lower the better
    targets: int  # that were scored, or what else `limit` counts
    whole: bool  # all of the split
    metrics: Mapping[str, float] = field(default_factory=dict)  # and what else is reported


class Task:
    """Base class. `judge` is what the loss is called among the figures, `unit` what it is counted
    in; `metrics` says of every other figure, by name, what it is counted in. `kinds` are those of
    corpora that it learns from, `split` is what it makes of them; `reads` says whether texts are
    cut by a tokenizer, `weighed` whether the memory of a step can be said beforehand (its model
    has the `objective` of a language model), `game` whether several learn against each other, so
    that a loss of training says little of how good they are; `least` what a few examples cost that
    are known by heart, None where nobody knows."""

    judge: ClassVar[str] = "nats"
    unit: ClassVar[str] = "nats per target"
    metrics: ClassVar[Mapping[str, str]] = {}
    kinds: ClassVar[tuple[str, ...]] = ()
    split: ClassVar[type[Split]]
    reads: ClassVar[bool] = False
    weighed: ClassVar[bool] = False
    game: ClassVar[bool] = False
    least: ClassVar[float | None] = None

    codec: Codec | None = None  # of the data at hand, see `knowing`

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()

    def knowing(self, codec: Codec) -> Self:
        """This task, which can say its answers in words and so judge them."""
        twin = copy(self)
        twin.codec = codec
        return twin

    def prepare(self, corpus: Any, cut: Cut) -> tuple[Codec, dict[str, Split]]:
        """The splits of a corpus as tensors, and the codec that made them: both its own, where it
        is of numbers already.

        Args:
            corpus: of one of `kinds`.
            cut: learns a tokenizer of the kind that was asked for.

        Raises:
            BadText: it holds too little, or what cannot be learned from.
        """
        return corpus.codec, self.encode(corpus, corpus.codec)

    def encode(self, corpus: Any, codec: Codec) -> dict[str, Split]:
        """The splits of a corpus that hold anything, by a codec that is there already: a
        checkpoint's, which is to be judged by other data than it learned from.

        Raises:
            BadText: it holds what the codec has no number for.
        """
        return corpus.splits

    def build(self, entry: Entry, settings: Settings, sizes: Mapping[str, int]) -> Model:
        """An untrained model of a family; a task may put a head of its own on it.

        Args:
            sizes: of the codec.
        """
        return entry.build(settings, **sizes)

    def unit_of(self, codec: Codec) -> str:
        """What the loss is counted in, in the words of what the codec cuts."""
        return self.unit

    def epoch(self, train: Split) -> int:
        """Targets in one reading of the training split."""
        return next(iter(train.counts().values()))

    def longest(self, train: Any) -> int:
        """Of a task that can be weighed: tokens of the longest row that it gives a model."""
        raise NotImplementedError

    def batches(self, model: nn.Module, train: Any, *, batch_size: int, seed: int) -> Batches:
        """The training split cut into batches, a pure function of (seed, step): examples by number,
        of which each of its tensors has a row.

        Raises:
            BadText: there is too little of it.
        """
        return Examples(tuple(train.tensors.values()), batch_size, seed)

    def loss(self, model: nn.Module, *inputs: Any) -> Loss:
        """What a batch costs: `inputs` are those of the batch, then the hidden state."""
        raise NotImplementedError

    def evaluate(
        self, model: nn.Module, data: Mapping[str, Any], split: str, *, limit: int | None
    ) -> Scored:
        """Score `data[split]`, or a fixed part of about `limit` targets."""
        raise NotImplementedError

    def baselines(self, model: nn.Module, data: Mapping[str, Any]) -> dict[str, float]:
        """What else can be guessed without a model, by name: its loss on validation text."""
        return {}

    def blind(self, model: nn.Module, data: Mapping[str, Any]) -> float:
        """The loss of guessing without looking: what an untrained model should begin with."""
        raise NotImplementedError

    def preview(
        self,
        model: nn.Module,
        codec: Any,
        data: Mapping[str, Any],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview | None:
        """What the model does now, in about so many seconds; None where there is nothing to see."""
        return None

    def players(self, model: nn.Module) -> Sequence[Player]:
        """Who learns; nobody where nothing is learned by gradient."""
        return (Player("model", model, self.loss),)

    def begin(self, model: nn.Module, train: Any) -> None:
        """What is done with the whole training split before the first step."""

    def keep(self, model: nn.Module, data: Mapping[str, Any], *, limit: int | None) -> None:
        """The model holds the weights to keep, not its last ones: fit what depends on them."""

    def course(self, training: Any) -> "Course | None":
        """How a model is trained that does not learn by gradient; None for one that does.

        Args:
            training: a `Training`, which knows this file.
        """
        return None


class Course:
    """Another way to learn than step by step downhill."""

    steps: int  # from beginning to end, whatever the budget

    def run(self) -> Iterator[Event]:
        """As `Trainer.run`."""
        raise NotImplementedError
