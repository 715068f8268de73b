"""One model trained by several processes, each reading its share of the rows of the same batch.

    torchrun --nproc-per-node 2 -m lm_core train --corpus names --model transformer

Gradients are summed over the processes (DDP), so one seed gives one curve however many there are,
but for rounding, and for what looks at a process's own rows: dropout masks, BatchNorm. The first
process leads: it keeps the time, takes requests, evaluates and saves, and broadcasts what each step
is. The others follow and decide nothing, so no two clocks have to agree.

Each process holds the whole model, or with `shards` its share of every matrix (`sharding.py`).
"""

import inspect
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, distributed, nn

from lm_core.errors import BadSettings
from lm_core.training import hidden_state
from lm_core.training.precision import Objective

STEP, GATHER, END = range(3)  # what the leader broadcasts, beside what `sharding` needs
WAIT = timedelta(days=10)  # followers wait as long as a leader is paused


class Team:
    """The processes of one run: this one is number `rank` of `size`, `local` on this machine.

    Args:
        shards: none of them holds the whole model; means nothing to a process alone.
    """

    def __init__(
        self, rank: int = 0, size: int = 1, local: int = 0, *, shards: bool = False
    ) -> None:
        self.rank, self.size, self.local = rank, size, local
        self.shards = shards and size > 1
        self._talk = distributed.new_group(backend="gloo", timeout=WAIT) if size > 1 else None
        self._shared: nn.Module | None = None

    def __repr__(self) -> str:
        return f"Team({self.rank} of {self.size})"

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def share(self, objective: Objective, device: torch.device) -> nn.Module:
        """The objective, whose gradients are averaged over the processes."""
        if self.size == 1:
            return objective
        if self.shards:
            objective.rounds = False  # weights are rounded as they are gathered
            return objective
        on = [device.index] if device.type == "cuda" else None
        parallel = nn.parallel.DistributedDataParallel
        # Buffers stay each process's own. torch 2.11 knows that setting by its older name.
        known = inspect.signature(parallel).parameters
        name = next(n for n in ("forward_sync_buffers", "broadcast_buffers") if n in known)
        self._shared = parallel(objective, device_ids=on, **{name: False})
        return self._shared

    def quiet(self, alone: bool) -> AbstractContextManager:
        """Gradients stay with this process for now, where more pieces of the batch follow."""
        return self._shared.no_sync() if alone and self._shared is not None else nullcontext()

    def sum(self, tensor: Tensor) -> Tensor:
        """Over all processes, in place."""
        if self.size > 1:
            distributed.all_reduce(tensor)
        return tensor

    def broadcast(self, code: int, value: float = 0.0, count: int = 0) -> None:
        """The leader tells what comes next: a step's learning rate and rows, an evaluation's
        surprise and tokens."""
        if self.size > 1 and self.leads:
            self._from_leader(torch.tensor([code, value, count], dtype=torch.float64))

    def receive(self) -> tuple[int, float, int]:
        """What a follower is told: code, value, count."""
        code, value, count = self._from_leader(torch.zeros(3, dtype=torch.float64)).tolist()
        return int(code), value, int(count)

    def whole(self, state: Any) -> Any:
        """The hidden state of all rows, from the states of each process's own rows."""
        if self.size == 1:
            return state
        self.broadcast(GATHER)
        parts: list[Any] = [None] * self.size
        distributed.all_gather_object(parts, _to(state, torch.device("cpu")), group=self._talk)
        return _to(hidden_state.join(parts), _device(state))

    def own(self, state: Any) -> Any:
        """This process's rows of a hidden state of all rows."""
        rows = _rows(state)
        at = [rows * k // self.size for k in range(self.size + 1)]
        sizes = [b - a for a, b in pairwise(at)]
        return hidden_state.split(state, sizes)[self.rank]

    def wait(self) -> None:
        """Until every process is here."""
        if self.size > 1:
            distributed.barrier(group=self._talk)

    def _from_leader(self, tensor: Tensor) -> Tensor:
        distributed.broadcast(tensor, src=0, group=self._talk)
        return tensor


@contextmanager
def together(*, shards: bool = False) -> Iterator[Team]:
    """The team that `torchrun` started this process in; of one where it did not. `shards` as for
    `Team`."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1 or "RANK" not in os.environ:
        yield Team()
        return
    local = int(os.environ.get("LOCAL_RANK", "0"))
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        torch.cuda.set_device(local)
    backend = "cpu:gloo,cuda:nccl" if on_gpu else "gloo"
    distributed.init_process_group(backend, timeout=WAIT)
    try:
        yield Team(distributed.get_rank(), size, local, shards=shards)
    finally:
        distributed.destroy_process_group()


def check_shares(team: Team, rows: int) -> None:
    """Every process needs a row of its own.

    Raises:
        BadSettings: there are more processes than rows.
    """
    if rows < team.size:
        raise BadSettings(
            f"A batch of {rows} rows cannot be shared by {team.size} processes: "
            f"take a batch of {team.size} or more at every stage, or fewer processes."
        )


def _rows(state: Any) -> int:
    while isinstance(state, tuple):
        state = state[0]
    return 0 if state is None else state.size(1)


def _device(state: Any) -> torch.device:
    while isinstance(state, tuple):
        state = state[0]
    return torch.device("cpu") if state is None else state.device


def _to(state: Any, device: torch.device) -> Any:
    if isinstance(state, tuple):
        return tuple(_to(part, device) for part in state)
    return None if state is None else state.to(device)
