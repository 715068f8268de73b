"""What fine-tuning did to the matrices: the singular values of W_after - W_before.

    W_after - W_before = sum_k  s_k u_k v_k^T,    s_1 >= s_2 >= ...

A change of rank r keeps the r first terms; what is left out of it is the root of the sum of the
other squares. The lower the curve falls, the less a LoRA of that rank would have to leave out.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.adapt import lora
from lm_core.errors import BadSettings
from lm_core.models.contract import Model


@dataclass(frozen=True, eq=False)
class Update:
    """The change of one matrix."""

    name: str
    values: Tensor  # (min(n_out, n_in),) float64, falling
    norm_before: float  # Frobenius norm of W_before

    @property
    def norm(self) -> float:
        """Frobenius norm of the change."""
        return float(self.values.square().sum().sqrt())

    @property
    def effective_rank(self) -> float:
        """exp of the entropy of the squares' shares (Roy and Vetterli 2007, of squares here): 1
        where one direction does it all; 0 where nothing changed."""
        squares = self.values.square()
        if not float(squares.sum()):
            return 0.0
        share = squares / squares.sum()
        return float(torch.special.entr(share).sum().exp())

    def left_out(self, rank: int) -> float:
        """Share of the change's norm that its best approximation of this rank leaves out."""
        rest = float(self.values[rank:].square().sum().sqrt())
        return rest / self.norm if self.norm else 0.0


def updates(before: Model, after: Model) -> list[Update]:
    """The change of every matrix inside the network, in its order. An adapter is added up first. A
    head that the model afterwards has not, as one that sorts texts, has no change.

    Raises:
        BadSettings: the two are not of one shape.
    """
    was, now = (_matrices(model) for model in (before, after))
    was = {n: m for n, m in was.items() if n in now or not n.startswith("head.")}
    if {n: m.shape for n, m in was.items()} != {n: m.shape for n, m in now.items()}:
        raise BadSettings("These two models are not of one shape: choose a model and its start.")
    found = []
    for name, weight in was.items():
        change = now[name].double() - weight.double()  # (n_out, n_in)
        norm = float(weight.double().norm())
        found.append(Update(name, torch.linalg.svdvals(change), norm))
    return found


def _matrices(model: Model) -> dict[str, Tensor]:
    whole = lora.merged(model) if lora.changes(model) else model
    named = whole.registered.named_parameters()
    return {n: p.detach() for n, p in named if p.dim() == 2 and n != "prompt"}
