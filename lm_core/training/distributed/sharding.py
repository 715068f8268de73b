"""A model of which each process holds some rows: of its weights, gradients and optimizer's memory.

    torchrun --nproc-per-node 2 -m lm_core train --corpus speeches --model transformer --shard

A weight that AdamW trains takes 16 bytes: 4 itself, 4 its gradient, 8 its memory. Spread over W
processes it takes 16 / W of each, and a block is whole only while it is read: its weights are
gathered before, its gradients are summed and cut into rows after (PyTorch's FSDP2).

What trains is a twin. The trainer's own model is whole while it is looked at (evaluated, asked to
write, saved) and at the end, on the leader alone, which then takes 4 bytes a weight more. In
between its numbers are NaN and take no memory. So whoever looks has an ordinary model, and a
checkpoint is the same file however the run was spread. The weights must fit once: each process
begins with all of them.

Measured on a CPU, two processes that talk by gloo, 26 M weights, AdamW: beyond what importing torch
takes, a process holds 260 MB between steps and 360 at most, where with the whole model (DDP) it is
520 and 615; the leader comes to 560 when all is gathered at the end. (That is with
MALLOC_MMAP_THRESHOLD_=100000; as it is, the C library keeps what was given back, and a process does
not get smaller.) A step takes 1.1 s and not 0.55: for 100 MB gloo needs 0.15 s to sum and cut and
0.12 to gather, and 0.08 to sum alone. It cannot exchange rows for columns, which Muon would like;
there all is gathered instead.

Sources: Rajbhandari et al. 2020, "ZeRO"; Zhao et al. 2023, "PyTorch FSDP".
"""

import copy
import math
import warnings
from typing import Any

import torch
from torch import Tensor, nn

from lm_core.errors import BadSettings
from lm_core.models.contract import Model
from lm_core.models.recomputing import parts
from lm_core.training.averaging import Weights, local
from lm_core.training.distributed.team import Team

SHOW, BACK, JUDGE, MEMORY = range(10, 14)  # broadcast beside those of `team`


def spread(model: Model, team: Team, device: torch.device, *, rounds: bool) -> nn.Module:
    """The twin of a model, in shards; takes the numbers of the model over.

    Args:
        rounds: weights are rounded to bfloat16 as they are gathered.

    Raises:
        BadSettings: the model has no blocks to gather one by one.
    """
    if model.learns_by != "gradient" or not parts(model):
        raise BadSettings(
            "Only Transformers can be spread over processes block by block: leave --shard out."
        )
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import (
        MixedPrecisionPolicy,
        fully_shard,
        register_fsdp_forward_method,
    )

    # What a block returns is a view, and nobody writes into it.
    warnings.filterwarnings("ignore", message="FSDP2-wrapped module .* returned a view")
    taken = {id(p): nn.Parameter(p.data, p.requires_grad) for p in model.parameters()}
    twin = copy.deepcopy(model, taken)
    _empty(model)
    how: dict[str, Any] = {"mesh": init_device_mesh(device.type, (team.size,))}
    if rounds:  # as `precision.Objective` does with whole weights
        how["mp_policy"] = MixedPrecisionPolicy(
            param_dtype=torch.bfloat16, reduce_dtype=torch.float32, cast_forward_inputs=False
        )
    for part in (*parts(twin), twin):
        fully_shard(part, **how)
    register_fsdp_forward_method(twin, "objective")
    return twin


class SharedWeights(Weights):
    """`Weights` of a twin in shards: each process averages its own rows, and the leader's model
    shows them whole. What the leader asks for here the others do too (see `following`).

    Args:
        model: shows; the twin goes on holding the live weights.
        how: as for `Weights`.
    """

    def __init__(self, model: nn.Module, twin: nn.Module, team: Team, **how: Any) -> None:
        super().__init__(twin, **how)
        self.model, self.team, self.shards = model, team, list(twin.parameters())
        self._shows = False
        self.memory: dict[str, Tensor] | None = None  # whole, where a run has ended

    @property
    def shows(self) -> bool:
        return self._shows

    @torch.no_grad()
    def show(self, *, kept: bool) -> None:
        if self._shows:
            return
        self.team.broadcast(SHOW, kept)
        self.showing, chosen = kept, self._chosen(kept)
        self.live, self._shows = self.here if chosen else None, True
        for i, p in enumerate(self.model.parameters()):
            joined = self._joined(i, (chosen or self.here)[i])
            if self.team.leads:
                p.data = joined

    def back(self) -> None:
        if self._shows:
            self.team.broadcast(BACK)
            self.live, self._shows, self.memory = None, False, None
            self.showing = None
            _empty(self.model)

    def judge(self, loss: float, tokens: int = 0) -> None:
        self.team.broadcast(JUDGE, loss, tokens)
        super().judge(loss, tokens)

    def _judged(self) -> list[Tensor]:
        return self.average or self.here

    def _joined(self, i: int, own: Tensor) -> Tensor:
        return whole(shard_like(own, self.shards[i]))

    def _own(self, i: int, whole: Tensor) -> Tensor:
        if whole.shape != self.shards[i].shape:
            raise KeyError(i)
        return local(cut_like(whole, self.shards[i]))


def whole(tensor: Tensor) -> Tensor:
    """All of a tensor in shards; another tensor is whole. All processes have to ask."""
    return tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor


def shard_like(own: Tensor, like: Tensor) -> Tensor:
    """A tensor in the shards of `like`, of which this process holds the rows `own`."""
    from torch.distributed.tensor import DTensor

    return DTensor.from_local(
        own, like.device_mesh, like.placements, shape=like.shape, stride=like.stride()
    )


def cut_like(whole: Tensor, like: Tensor) -> Tensor:
    """A tensor that every process holds whole, in the shards of `like` where it has any."""
    if not hasattr(like, "to_local") or not whole.dim():
        return whole
    from torch.distributed.tensor import distribute_tensor

    # Nobody sends: each takes its rows of what it holds.
    return distribute_tensor(
        whole.to(like.device), like.device_mesh, like.placements, src_data_rank=None
    )


def _empty(model: nn.Module) -> None:
    """Weights of the same shapes that take no memory, and cannot be taken for something learned."""
    for p in model.parameters():
        p.data = p.data.new_full((), math.nan).expand(p.shape)
