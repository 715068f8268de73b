"""What a training is made of, and how far it has come.

The loop, the step, the callbacks, the evaluations and a checkpoint all look at this one object. It
decides nothing: what happens when is in `loop.py`.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from lm_core.errors import BadSettings
from lm_core.models.contract import Model
from lm_core.models.recomputing import recompute
from lm_core.training.averaging import Weights
from lm_core.training.batches import Batches
from lm_core.training.beside import Beside
from lm_core.training.chance import seeded, uses_chance
from lm_core.training.clock import Seconds
from lm_core.training.control import Control
from lm_core.training.distributed.sharding import SharedWeights, spread
from lm_core.training.distributed.team import Team
from lm_core.training.events import Evaluated, Event
from lm_core.training.optimizers import Several, optimizer_of
from lm_core.training.precision import Arithmetic
from lm_core.training.settings import Budget, TrainSettings
from lm_core.training.task import Player, Task


class Training:
    """One model that learns one task.

    Args:
        task: what is learned.
        model: any that the task can be learned by.
        data: splits, as the task takes them; "train" is needed, "validation" is evaluated when
            there. Each can be moved to a device by `to`.
        settings, budget, seed: what to do, for how long, and which random numbers.
        device: where to compute; the model and the data are moved there.
        threads: the most that a step may use, of which it uses as many as turn out best meanwhile;
            None for as many as torch is set to.
        clock: what a budget of seconds is counted by, and the share of the time that work beside
            the steps may take.
        control: pause, stop and the like; None for a run that nobody steers.
        write: makes a sample from the model and the seconds that it may take, about: a text,
            a `Preview`, or None for nothing to show.
        save: writes a checkpoint of this training and returns its path; None for none. The model
            holds the weights to keep then, and the live ones are in `training_tensors`.
        team: the processes that train together; None for this one alone.
        callbacks: who looks at single steps from inside.
        aside: what else is done at each evaluation; each takes the training and returns an event.

    Raises:
        BadSettings: the model cannot be trained as it is asked for.
    """

    keeps_gradients = False  # from one step to the next

    def __init__(
        self,
        task: Task,
        model: Model,
        data: Mapping[str, Any],
        *,
        settings: TrainSettings | None = None,
        budget: Budget | None = None,
        seed: int = 0,
        device: torch.device | str = "cpu",
        threads: int | None = None,
        clock: Seconds = time.perf_counter,
        control: Control | None = None,
        write: Callable[[Model, float], Any] | None = None,
        save: "Callable[[Training], str] | None" = None,
        team: Team | None = None,
        callbacks: Sequence[Any] = (),
        aside: "Sequence[Callable[[Training], Event]]" = (),
    ) -> None:
        self.device = torch.device(device)
        self.task, self.model = task, model.to(self.device)
        self.data = {split: part.to(self.device) for split, part in data.items()}
        self.settings, self.budget = settings or TrainSettings(), budget or Budget()
        self.seed, self.threads, self.control = seed, threads, control or Control()
        self.clock = clock
        self.write, self.save, self.team = write, save, team or Team()
        self.callbacks, self.aside = callbacks, aside
        self.beside = Beside(self.device)
        self.step, self.tokens, self.seconds = 0, 0, 0.0
        self.part: int | None = None  # tokens that each evaluation scores; None: not settled yet
        self.state: Any = None  # hidden state, carried along the text by families that do
        self.batches: Batches | None = None  # while it descends
        self._draws = uses_chance(model)
        s = self.settings
        self.arithmetic = Arithmetic(
            s.precision, s.deterministic, self.device, all_bfloat16=model.all_bfloat16
        )
        self.arithmetic.prepare(model)
        if task.players(model):
            recompute(model, s.recompute)
        self.learner, self.weights = self._learner()
        self.players = task.players(self.learner)
        self.optimizers = [self._optimizer(player) for player in self.players]
        self.course = task.course(self)  # where nobody learns by gradient

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({type(self.model).__name__}, step {self.step}, {self.device})"
        )

    def _learner(self) -> tuple[torch.nn.Module, Weights]:
        """What learns, the model or its twin in shards, and which weights the model holds."""
        s, model, team = self.settings, self.model, self.team
        how = {"decay": s.ema, "keep_best": s.keep_best, "patience": s.patience}
        if not team.shards:
            return model, Weights(model, **how)
        if self.callbacks:
            said = "Single steps cannot be watched from inside shards: leave --shard out."
            raise BadSettings(said)
        twin = spread(model, team, self.device, rounds=self.arithmetic.rounds)
        return twin, SharedWeights(model, twin, team, **how)

    def _optimizer(self, player: Player) -> torch.optim.Optimizer | Several:
        """That of its weights alone."""
        s, half = self.settings, self.arithmetic.bfloat16
        rates = {"lr": s.lr, "weight_decay": s.weight_decay}
        return optimizer_of(player.module, s.optimizer, **rates, bfloat16=half)

    @property
    def optimizer(self) -> torch.optim.Optimizer | Several | None:
        """Of all players together; None where nobody learns by gradient."""
        if len(self.optimizers) < 2:
            return self.optimizers[0] if self.optimizers else None
        return Several(self.optimizers)

    @property
    def progress(self) -> float:
        """Share of the budget used, 1.0 or more when it is spent."""
        return self.budget.progress(self.step, self.tokens, self.seconds)

    def chance(self, piece: int) -> AbstractContextManager:
        """Around a forward pass that may hide something at random.

        Args:
            piece: which of the step's pieces it reads, counted over all processes.
        """
        return seeded(self.seed, self.step, piece, self.device) if self._draws else nullcontext()

    def clear_gradients(self) -> None:
        """Forget the gradients of this step before the next."""
        self.optimizer.zero_grad(set_to_none=True)

    def evaluate(
        self, split: str = "validation", *, tokens: int | None = None, whole: bool = False
    ) -> Evaluated:
        """Score a split, or a fixed part of it: of about so many `tokens`, or as many as the
        settings ask for."""
        limit = None if whole else tokens or self.settings.eval_tokens
        scored = self.task.evaluate(self.model, self.data, split, limit=limit)
        return Evaluated(
            self.step,
            self.tokens,
            split,
            scored.loss,
            scored.targets,
            scored.whole,
            scored.metrics,
        )
