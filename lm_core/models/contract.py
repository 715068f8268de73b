"""The contract every family keeps, the counting ones included.

    logits, state = model(idx, state)        idx (B, T) int64  ->  logits (B, T, V)

`state` is whatever makes the next token cheap: a hidden state, a key-value cache, the last n-1
ids. `None` means "from the start". Feeding a text in pieces with the state carried over gives the
same logits as feeding it whole, and changing token t changes no logits before t. One trainer, one
generator, one evaluator and one contract test serve every family because of this.

The exception says so: a family that is not `causal` reads a text from both sides. Its logits are
about the token at the place itself, it has no state, and its `nats` hide what they ask for.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.errors import BadCheckpoint
from lm_core.models.costs import Costs
from lm_core.registry import Registry
from lm_core.settings import Settings

models = Registry("model", package="lm_core.models")

NO_NUMBERS = "The scores of this model are not numbers (its weights are too large): train it again."
IGNORED = -1  # a target that is padding and is not scored


class Model(nn.Module):
    """What learns, whatever the task. A family sets the class attributes it differs in.

    Args:
        settings: the family's own settings.
    """

    tasks: ClassVar[tuple[str, ...]] = ()  # what it can learn, by name; the first is the usual one
    # "gradient"; "counting": then it has `fit` and no optimizer; "both": counted, then trained.
    learns_by: ClassVar[str] = "gradient"
    causal: ClassVar[bool] = False  # True: guesses each token from those before it, so it can write
    carries_state: ClassVar[bool] = False  # True: its hidden state goes on from batch to batch
    all_bfloat16: ClassVar[bool] = False  # may compute in bfloat16 all through while it trains
    of_text: ClassVar[bool] = False  # made for a `vocab_size`; others by what their data are
    draws: ClassVar[bool] = False  # random numbers in training, beside those of dropout

    int8: Any = None  # codes of its weights, to write with (decoding_int8.py)

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__()
        self.settings = settings or Settings()

    @property
    def registered(self) -> "Model":
        """The model of a registered family in it: itself, or what a task has put a head on."""
        return self

    @property
    def n_parameters(self) -> int:
        """Numbers learned from the data: weights, or stored counts."""
        return sum(p.numel() for p in self.parameters())

    def costs(self, rows: int = 1) -> Costs | None:
        """Its parameters, operations and memory as formulas, for batches of so many rows; None of
        a family whose size only the text decides."""
        return None

    @property
    def device(self) -> torch.device:
        """Where its numbers are, and where its inputs have to be."""
        numbers = chain(self.parameters(), self.buffers())
        return next((t.device for t in numbers), torch.device("cpu"))


class LanguageModel(Model):
    """Base class of the families that guess tokens. A family writes `forward`.

    Args:
        settings: the family's own settings.
        vocab_size: V, the number of different tokens.
    """

    tasks = ("next-token",)
    of_text = True
    causal: ClassVar[bool] = True  # False: sees both sides of a place, so it cannot write

    def __init__(self, settings: Settings, vocab_size: int) -> None:
        super().__init__(settings)
        self.vocab_size = vocab_size

    @property
    def context_size(self) -> int | None:
        """The longest context one forward pass can use, in tokens; None is no limit."""
        return None

    @property
    def reach(self) -> int | None:
        """How many of the last tokens a guess depends on; None is all that were read."""
        return None

    def forward(self, idx: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        raise NotImplementedError

    def nats(self, idx: Tensor, targets: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Surprise of each target, -ln p, in nats: (B, T) float; padding (-1) gives 0.

        A family with a large vocabulary overrides this to avoid holding (B, T, V) logits.
        """
        logits, state = self(idx, state)
        flat = F.cross_entropy(
            logits.flatten(0, 1).float(), targets.flatten(), ignore_index=IGNORED, reduction="none"
        )
        return flat.view_as(targets), state

    def objective(
        self, idx: Tensor, targets: Tensor, state: Any = None
    ) -> tuple[Tensor, Tensor | float, Any]:
        """What one training step descends: `nats` as above, and a penalty that is added to their
        mean, for families that are held back by more than the surprise."""
        nats, state = self.nats(idx, targets, state)
        return nats, 0.0, state

    def steps(self, state: Any) -> Callable[[Tensor], Tensor]:
        """How to write on from `state`: each call takes the next ids (B,) and gives logits (B, V).
        A family that can do this faster than by `forward` overrides it; a test holds them equal.
        """
        return Forward(self, state)

    def fit(self, ids: Tensor, starts: Tensor) -> None:
        """Learn by counting: `ids` (N,) int64, a new sequence begins at each of `starts`."""
        raise NotImplementedError(f"{type(self).__name__} learns by gradient, not by counting")


def numbers_only(logits: Tensor) -> Tensor:
    """`logits` (..., V) as they are, where they give probabilities: each row's largest is a number.
    A single -inf is an impossible token; huge weights and long sums can give worse.

    Raises:
        BadCheckpoint: they give none.
    """
    largest = logits.amax(-1).flatten().tolist()  # not a number where one of a row is none
    if not all(map(math.isfinite, largest)):
        raise BadCheckpoint(NO_NUMBERS)
    return logits


@contextmanager
def evaluating(model: Model) -> Iterator[None]:
    """Nothing is hidden at random; the model's train/eval mode is restored."""
    was_training = model.training
    if was_training:
        model.eval()
    try:
        yield
    finally:
        if was_training:
            model.train()


class Forward:
    """One token at a time by `forward`, the state kept here."""

    def __init__(self, model: LanguageModel, state: Any) -> None:
        self.model, self.state = model, state

    def __call__(self, ids: Tensor) -> Tensor:
        logits, self.state = self.model(ids.unsqueeze(1), self.state)
        return logits[:, -1]


def detach(state: Any) -> Any:
    """A state cut off from the graph, whatever nesting of tuples a family uses."""
    if isinstance(state, torch.Tensor):
        return state.detach()
    if isinstance(state, tuple):
        return tuple(detach(part) for part in state)
    return state


def restart(state: Any, rows: Tensor) -> Any:
    """A recurrent state with the rows of the batch where `rows` (B,) is True set to zero, which
    is what "from the start" means to it. State tensors are (layers, B, width); one of another B
    (the batch size was changed in between) is dropped as a whole."""
    if isinstance(state, tuple):
        parts = tuple(restart(part, rows) for part in state)
        return None if any(part is None for part in parts) else parts
    if state is None or state.size(1) != len(rows):
        return None
    return state.masked_fill(rows.view(1, -1, 1), 0.0)


def picked(state: Any, rows: Tensor) -> Any:
    """The state of these rows of the batch (K,), which may come several times, as beams do. Tensors
    are (layers, B, width), or the last ids (B, n); what else a family keeps has a `pick`."""
    if state is None:
        return None
    if isinstance(state, tuple):
        return tuple(picked(part, rows) for part in state)
    if isinstance(state, Tensor):
        return state[:, rows] if state.dim() == 3 else state[rows.to(state.device)]
    return state.pick(rows)
