"""The optimizer of a written script whose run used Muon, which is the lab's own source."""

from torch import nn

from lm_core.export.plain.about import TRAIN
from lm_core.training.muon import Muon
from lm_core.training.optimizers import ADAM_SHARE
from lm_core.training.plain import adamw


class Several:
    """Optimizers of different weights behind the methods of one."""

    def __init__(self, parts):
        self.parts = parts
        self.param_groups = [group for part in parts for group in part.param_groups]

    def step(self):
        for part in self.parts:
            part.step()

    def zero_grad(self):
        for part in self.parts:
            part.zero_grad()


def make_optimizer(model):
    """Muon for the matrices inside the network, AdamW for tables of tokens, gains and biases."""
    lr, weight_decay = TRAIN["lr"], TRAIN["weight_decay"]
    tables = [m for m in model.modules() if isinstance(m, nn.Embedding)]
    tables.append(getattr(model, "head", nn.Identity()))
    outside = {id(p) for table in tables for p in table.parameters()}
    inside = [p for p in model.parameters() if p.dim() == 2 and id(p) not in outside]
    chosen = {id(p) for p in inside}
    rest = [p for p in model.parameters() if id(p) not in chosen]
    parts = [adamw(rest, lr=ADAM_SHARE * lr, weight_decay=weight_decay)]
    if inside:
        parts.append(Muon(inside, lr=lr, weight_decay=weight_decay))
    return Several(parts)
