"""One optimizer step: read a batch, guess, measure the surprise, follow it back, move the weights.

`EagerStep` does one operation after the other. What is behind it may be compiled (`compiling.py`);
on a GPU a whole step may be repeated as one CUDA graph (`cuda_graph.py`), which has the same face.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from lm_core.models.contract import detach, restart
from lm_core.training import hidden_state
from lm_core.training.batches import Batch
from lm_core.training.callbacks import Callback
from lm_core.training.compiling import Compiled
from lm_core.training.distributed.sharding import whole
from lm_core.training.distributed.team import STEP
from lm_core.training.optimizers import set_rate
from lm_core.training.precision import Objective
from lm_core.training.state import Training
from lm_core.training.task import Player


class EagerStep:
    """Takes the steps of `training`, whose batches are there."""

    def __init__(self, training: Training) -> None:
        self.training = training
        self.objectives = [self._objective(player) for player in training.players]
        self.turns = max((player.turns for player in training.players), default=1)

    def _objective(self, player: Player) -> Any:
        t = self.training
        shared = t.team.share(Objective(t.learner, t.arithmetic, player.loss), t.device)
        return Compiled(shared, t.beside) if t.settings.compile == "on" else shared

    def take(
        self, rows: int, lr: float, callbacks: Sequence[Callback] = ()
    ) -> tuple[Tensor, Tensor]:
        """One step; mean loss of the batch and the gradient's norm, on the device.

        The batch is `rows` rows, read in pieces (gradient accumulation) and by several processes
        where that is asked for: each piece is divided by the targets of all, so that the gradients
        add up to those of one batch.
        """
        t = self.training
        t.team.broadcast(STEP, lr, rows)
        t.learner.train()
        pieces, asked = self._read(0, rows)
        loss, norm = self._on(pieces, asked, lr, callbacks)
        t.tokens += asked
        return loss, norm

    def _read(self, turn: int, rows: int | None) -> tuple[list[Batch], int]:
        """The batch of a turn of this step, in pieces, and how many targets count in it."""
        t = self.training
        return t.batches.parts(
            t.step * self.turns + turn,
            rows=rows,
            cuts=t.settings.accumulate,
            rank=t.team.rank,
            world=t.team.size,
        )

    def _on(
        self, pieces: list[Batch], asked: int, lr: float, callbacks: Sequence[Callback]
    ) -> tuple[Tensor, Tensor]:
        """As `take`, of a batch that is there, in which `asked` targets count over all processes:
        the players move in turn."""
        t = self.training
        for callback in callbacks:
            t.beside.ask(callback.part, lambda c=callback: c.before(t))
        before = hidden_state.split(t.state, [len(piece) for piece in pieces])
        losses, norms, moves = [], [], 0
        with t.arithmetic.step():
            for player, optimizer, objective in zip(
                t.players, t.optimizers, self.objectives, strict=True
            ):
                for turn in range(player.turns):
                    if turn:
                        more, count = self._read(turn, None)
                        t.tokens += count
                    else:
                        more, count = pieces, asked
                    states = list(before)  # of every player the same
                    loss = self._gradients(objective, more, states, count, moves)
                    for callback in callbacks if not moves else ():
                        t.beside.ask(callback.part, lambda c=callback: c.gradients(t, pieces[0]))
                    clip = t.settings.grad_clip or float("inf")
                    norm = torch.nn.utils.clip_grad_norm_(player.module.parameters(), clip)
                    set_rate(optimizer, lr)
                    optimizer.step()
                    t.clear_gradients()
                    moves += 1
                losses.append(loss)  # of its last turn
                norms.append(norm)
        t.state = hidden_state.join(states)
        return t.team.sum(together(losses)), whole(together(norms).detach())

    def _gradients(
        self, objective: Any, pieces: list[Batch], states: list[Any], asked: int, move: int
    ) -> Tensor:
        """Add the gradients of all pieces up; the mean loss. `states` becomes that after them. Each
        move of a game has random numbers of its own."""
        t = self.training
        team, cuts, losses = t.team, t.settings.accumulate, []
        first = (move * team.size + team.rank) * cuts
        for k, piece in enumerate(pieces):
            state = None if piece.fresh is None else restart(states[k], piece.fresh)
            with t.chance(first + k), team.quiet(k + 1 < len(pieces)):
                each, penalty, state = objective(*piece.inputs, state)
                loss = each.sum() / asked
                # DDP takes the mean over the processes, and the sum is wanted.
                ((loss + penalty * (piece.asked / asked)) * team.size).backward()
            states[k] = None if piece.fresh is None else detach(state)
            losses.append(loss.detach())
        return together(losses)


def together(numbers: list[Tensor]) -> Tensor:
    """Their sum."""
    return numbers[0] if len(numbers) == 1 else sum(numbers)
