"""What a model costs, counted by PyTorch while it runs; `models/costs.py` says the same by formula.

    operations(model, T)      # a forward pass over T tokens, for each of them
    kept(model, B, T)         # numbers that the graph of one batch keeps, for each token
    state(model, T)           # numbers that writing carries on after T tokens

All run the model on the CPU, on ids that are counted up.
"""

import dataclasses
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

from lm_core.errors import BadSettings
from lm_core.inspection.shapes import ids
from lm_core.models.contract import LanguageModel, Model, evaluating
from lm_core.models.heads import plain_nats
from lm_core.models.kept import Kept

# PyTorch's counter knows the fused attention of GPUs alone; the CPU's is the same two products.
FUSED = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
FEW = 16  # tokens: of a network that goes through a text one by one each costs the same


def by_module(model: Model, T: int) -> dict[str, float]:
    """Operations a token of each module, by its path; "" is the whole model. A product counts two
    for each of its pairs of numbers; what is added or bent number by number is not counted.

    A fused recurrent network is taken apart for this (oneDNN does not tell what it does).
    """
    counter = FlopCounterMode(display=False, custom_mapping=COUNTED)
    with evaluating(model), taken_apart(), counter:
        _run(model, ids(model, 1, T))
    # The counter calls the whole by its class, and what is in it by "Class.path".
    whole = type(model).__name__
    found = {
        name.removeprefix(whole).removeprefix("."): sum(each.values()) / T
        for name, each in counter.get_flop_counts().items()
        if name == whole or name.startswith(f"{whole}.")
    }
    return {**found, "": counter.get_total_flops() / T}


def operations(model: Model, T: int) -> float:
    """Of a forward pass over T tokens, for each of them."""
    return by_module(model, T)[""]


def kept(model: Model, B: int, T: int) -> float:
    """Numbers (of 4 bytes) that the graph of a batch of B rows of T tokens keeps for the way back,
    for each token; the weights are not among them."""
    training = model.training
    model.train()
    idx = ids(model, B, T)
    try:
        with torch.random.fork_rng(devices=[]), Kept(model) as found:
            if isinstance(model, LanguageModel):
                graph: Any = model.objective(idx, idx)
            else:
                graph = plain_nats(model.answer(idx, idx), idx)
    finally:
        model.train(training)
    size = found.bytes
    del graph
    return size / 4 / (B * T)


def state(model: Model, T: int) -> int:
    """Numbers that are carried to the next token after one text of T tokens: ids, a hidden state,
    a cache. 0 where a model carries none.

    Raises:
        BadSettings: it does not write on from a text.
    """
    if not isinstance(model, LanguageModel):
        raise BadSettings("This model writes from another text: it has no state after one alone.")
    with torch.inference_mode():
        return _numbers(model(ids(model, 1, T))[1])


def _run(model: Any, idx: Tensor) -> Tensor:
    return model(idx)[0] if isinstance(model, LanguageModel) else model.answer(idx, idx)


def _fused(q: Any, k: Any, v: Any, *rest: Any, out_shape: Any = None, **more: Any) -> int:
    return sdpa_flop_count(q, k, v)


COUNTED = {FUSED: _fused}  # what is told of it beside what PyTorch's counter knows


def taken_apart() -> AbstractContextManager[None]:
    """While a fused recurrent network is to be seen product by product."""
    return torch.backends.mkldnn.flags(enabled=False, allow_tf32=None)


def _numbers(state: Any) -> int:
    if isinstance(state, Tensor):
        return state.numel()
    if isinstance(state, (tuple, list)):
        return sum(map(_numbers, state))
    if dataclasses.is_dataclass(state) or hasattr(state, "__dict__"):
        return sum(_numbers(part) for part in vars(state).values())
    return 0
