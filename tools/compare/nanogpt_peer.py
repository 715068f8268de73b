"""nanoGPT as our comparisons use it: its model, its optimizer, one step of its loop."""

import contextlib
import sys
from types import ModuleType

import torch

from tools.compare.beside import Round, timed

V, BATCH, STEPS = 65, 12, 30
SMALL = {"n_layer": 4, "n_head": 4, "n_embd": 128, "block_size": 64}


def peer_model(
    peer: ModuleType, shape: dict[str, int], *, vocab_size: int = V, seed: int = 0
) -> torch.nn.Module:
    """Untrained. What nanoGPT prints goes where progress goes."""
    torch.manual_seed(seed)
    with contextlib.redirect_stdout(sys.stderr):
        return peer.GPT(peer.GPTConfig(**shape, vocab_size=vocab_size, dropout=0.0, bias=False))


def peer_optimizer(model: torch.nn.Module) -> torch.optim.Optimizer:
    with contextlib.redirect_stdout(sys.stderr):
        return model.configure_optimizers(0.1, 1e-3, (0.9, 0.99), "cpu")


def peer_batch(ids: torch.Tensor, T: int) -> tuple[torch.Tensor, torch.Tensor]:
    """nanoGPT's get_batch: rows that begin anywhere, and the same rows one token later."""
    at = torch.randint(len(ids) - T, (BATCH,))
    x = torch.stack([ids[i : i + T] for i in at])
    return x, torch.stack([ids[i + 1 : i + 1 + T] for i in at])


def peer_step(
    model: torch.nn.Module, optimizer: torch.optim.Optimizer, ids: torch.Tensor, T: int
) -> None:
    """One step of nanoGPT's loop: batch, loss, gradients, clip, AdamW."""
    _, loss = model(*peer_batch(ids, T))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    loss.item()  # nanoGPT reads it for its log


def peer_training(peer: ModuleType, ids: torch.Tensor) -> Round:
    model, T = peer_model(peer, SMALL), SMALL["block_size"]
    optimizer = peer_optimizer(model)

    def steps() -> None:
        for _ in range(STEPS):
            peer_step(model, optimizer, ids, T)

    return timed(steps)
