"""The optimizers of a written script: Muon's source is the lab's own."""

import torch

from lm_core.export.plain.about import TRAIN
from lm_core.export.plain.recurrent import outside_muon
from lm_core.training.muon import Muon
from lm_core.training.optimizers import ADAM_SHARE


def adamw(weights):
    """AdamW; matrices are pulled toward zero, biases are not."""
    groups = [
        {"params": [p for p in weights if p.dim() >= 2], "weight_decay": TRAIN["weight_decay"]},
        {"params": [p for p in weights if p.dim() < 2], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    return torch.optim.AdamW(groups, lr=TRAIN["lr"], betas=(0.9, 0.95), fused=True)


def make_optimizers(model):
    """[(optimizer, its share of the learning rate), ...]"""
    weights = list(model.parameters())
    if TRAIN["optimizer"] == "adamw":
        return [(adamw(weights), 1.0)]
    outside = {id(p) for p in outside_muon(model)}
    inside = [p for p in weights if p.dim() == 2 and id(p) not in outside]
    chosen = {id(p) for p in inside}
    rest = [p for p in weights if id(p) not in chosen]
    found = []
    if inside:
        muon = Muon(inside, lr=TRAIN["lr"], weight_decay=TRAIN["weight_decay"])
        found.append((muon, 1.0))
    return [*found, (adamw(rest), ADAM_SHARE)] if rest else found
