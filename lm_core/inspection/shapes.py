"""Where a model's numbers are, and the shapes that go through it, from the model itself.

model = blueprint("transformer", {}, 65)     # takes no memory
parameter_parts(model)           # [("embedding", 8320), ("4 × blocks.attention.qkv", ...), ...]
module_shapes(model, idx)        # [("embedding", (2, 8, 128)), ..., ("logits", (2, 8, 65))]
"""

import re
from typing import Any

import torch
from torch import Tensor, nn

from lm_core.models.building import build_model
from lm_core.models.contract import LanguageModel, Model, evaluating
from lm_core.settings import Settings

RUNNABLE = 50_000_000  # parameters; a larger model is not made of real numbers just to be shown
STATES = ("hn", "cn")  # what PyTorch calls the last hidden and the last cell state
SHORTER = 2  # tokens: a target than its source, so that the two can be told apart


def parameter_parts(model: Model) -> list[tuple[str, int]]:
    """(part, how many numbers it learns), in the order of the model; they sum to `n_parameters`.

    Repeated blocks are added up. A model that counts has a part for each length of gram.
    """
    if model.learns_by == "counting":
        levels = getattr(model, "levels", None)
        if levels is None:
            return [("counts", model.n_parameters)]
        names = ["single tokens", *(f"runs of {k}" for k in range(2, len(levels) + 1))]
        return [(name, len(level)) for name, level in zip(names, levels, strict=True)]
    parts: dict[str, int] = {}
    repeats: dict[str, set[str]] = {}
    for name, parameter in model.named_parameters():  # a shared table is met once
        path, _, last = name.rpartition(".")
        part = _without_number(path) or last
        parts[part] = parts.get(part, 0) + parameter.numel()
        repeats.setdefault(part, set()).add(path)
    return [
        (f"{len(repeats[part])} × {part}" if len(repeats[part]) > 1 else part, n)
        for part, n in parts.items()
    ]


def memory_bytes(model: Model) -> int:
    """Bytes of all its numbers, learned or fixed, in the precision they have now."""
    tensors = [*model.parameters(), *model.buffers()]
    return sum(t.numel() * t.element_size() for t in tensors)


def module_shapes(
    model: Model, idx: Tensor, target: Tensor | None = None
) -> list[tuple[str, tuple[int, ...]]]:
    """What each module inside the model gives for `idx` (B, T), in the order of computation.

    Runs the model once on the fast path. First comes "idx", last "logits"; a module that gives
    several tensors is listed with its first. The states that a recurrent module ends with follow
    it, each (layers, B, C): "lstm.hn" and, of an LSTM, "lstm.cn".

    Args:
        target: (B, T) where the model turns `idx` (B, S) into another text; then "source" and
            "target" come first.

    Raises:
        ContextTooLong: T is more than the model's context.
    """
    seen: list[tuple[str, tuple[int, ...]]] = [("idx", tuple(idx.shape))]
    if target is not None:
        seen = [("source", tuple(idx.shape)), ("target", tuple(target.shape))]

    def note(name: str) -> Any:
        def hook(module: nn.Module, inputs: Any, output: Any) -> None:
            first = _first_tensor(output)
            if first is not None:
                seen.append((name, tuple(first.shape)))
            if isinstance(module, nn.RNNBase):
                ends = output[1] if isinstance(output[1], tuple) else (output[1],)
                for state, end in zip(STATES, ends, strict=False):
                    seen.append((f"{name}.{state}", tuple(end.shape)))

        return hook

    hooks = [m.register_forward_hook(note(name)) for name, m in model.named_modules() if name]
    try:
        with evaluating(model), torch.inference_mode():
            logits = model(idx)[0] if target is None else model.answer(idx, target)
    finally:
        for hook in hooks:
            hook.remove()
    return [*seen, ("logits", tuple(logits.shape))]


def sample_shapes(
    name: str, settings: Settings, vocab_size: int, *, B: int = 2, T: int = 8
) -> list[tuple[str, tuple[int, ...]]]:
    """`module_shapes` of a fresh model for B texts of T tokens, fewer where its context is less;
    with targets of SHORTER tokens less where it reads no text alone."""
    model = build_model(name, settings.to_dict(), vocab_size)
    T = min(T, model.context_size or T)
    idx = ids(model, B, T)
    if isinstance(model, LanguageModel):
        return module_shapes(model, idx)
    return module_shapes(model, idx, idx[:, : max(1, T - SHORTER)])


def ids(model: Any, B: int, T: int) -> Tensor:
    """Tokens (B, T), counted up."""
    return torch.arange(B * T).view(B, T) % model.vocab_size


def _without_number(path: str) -> str:
    """blocks.3.attention.qkv -> blocks.attention.qkv"""
    return re.sub(r"\.\d+(?=\.|$)", "", path)


def _first_tensor(output: Any) -> Tensor | None:
    if isinstance(output, Tensor):
        return output
    if isinstance(output, (tuple, list)):
        return next((t for t in map(_first_tensor, output) if t is not None), None)
    return None
