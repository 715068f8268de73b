"""Our training and writing beside nanoGPT's, in one run on one machine.

    python -m tools.compare_nanogpt CHECKOUT [--rounds 7] [--threads N]

CHECKOUT is a folder that holds nanoGPT's model.py. Rounds alternate between the two, and the
medians of each and their ratio are printed as JSON: a ratio means something, the figures alone
are those of this machine at this hour. Training: nanoGPT's CPU recipe (4 layers, 128 wide, context
64, batch 12, no dropout), each with its own optimizer and gradients clipped. Writing: batch 1, one
thread, the same context; nanoGPT keeps no cache.
"""

import argparse
import importlib.util
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import torch

from lm_core.bench import machine
from lm_core.encoded import Encoded
from lm_core.generation import SamplerSettings, generate
from lm_core.models.building import build_model
from lm_core.training import Budget, Trainer, TrainSettings

V, BATCH, STEPS = 65, 12, 30
SMALL = {"n_layer": 4, "n_head": 4, "n_embd": 128, "block_size": 64}
LARGE = {"n_layer": 6, "n_head": 6, "n_embd": 384, "block_size": 256}


def load_peer(checkout: Path) -> ModuleType:
    """nanoGPT's model.py as a module."""
    spec = importlib.util.spec_from_file_location("nanogpt_model", checkout / "model.py")
    if spec is None or spec.loader is None or not (checkout / "model.py").exists():
        raise SystemExit(f"{checkout} holds no model.py: give the folder of a nanoGPT checkout.")
    module = importlib.util.module_from_spec(spec)
    sys.modules["nanogpt_model"] = module
    spec.loader.exec_module(module)
    return module


def peer_model(peer: ModuleType, shape: dict[str, int]) -> torch.nn.Module:
    torch.manual_seed(0)
    return peer.GPT(peer.GPTConfig(**shape, vocab_size=V, dropout=0.0, bias=False))


def peer_training(peer: ModuleType, ids: torch.Tensor) -> Callable[[], float]:
    """Seconds of a round of nanoGPT's loop: batch, loss, gradients, clip, AdamW."""
    model, T = peer_model(peer, SMALL), SMALL["block_size"]
    optimizer = model.configure_optimizers(0.1, 1e-3, (0.9, 0.99), "cpu")

    def one_round() -> float:
        began = time.perf_counter()
        for _ in range(STEPS):
            at = torch.randint(len(ids) - T, (BATCH,))
            x = torch.stack([ids[i : i + T] for i in at])
            y = torch.stack([ids[i + 1 : i + 1 + T] for i in at])
            _, loss = model(x, y)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            loss.item()  # nanoGPT reads it for its log
        return time.perf_counter() - began

    return one_round


def our_training(ids: torch.Tensor, **changes: object) -> Callable[[], float]:
    """Seconds of a round of the Trainer's own step, on the same ids."""
    data = {"train": Encoded(ids, torch.zeros(1, dtype=torch.int64), False, len(ids), len(ids))}
    settings = TrainSettings(batch_size=BATCH, eval_every=10**6, **changes)
    model = build_model("transformer", SMALL, V)
    trainer = Trainer(model, data, settings=settings, budget=Budget(steps=10**6))
    events = iter(trainer.run())

    def one_round() -> float:
        began, first = time.perf_counter(), trainer.step
        while trainer.step < first + STEPS:
            next(events)
        return (time.perf_counter() - began) * STEPS / (trainer.step - first)

    return one_round


def peer_writing(peer: ModuleType, shape: dict[str, int], tokens: int) -> Callable[[], float]:
    model = peer_model(peer, shape).eval()

    def one_round() -> float:
        began = time.perf_counter()
        model.generate(torch.zeros(1, 1, dtype=torch.int64), tokens, temperature=1.0)
        return time.perf_counter() - began

    return one_round


def our_writing(shape: dict[str, int], tokens: int) -> Callable[[], float]:
    model = build_model("transformer", shape, V).eval()

    def one_round() -> float:
        began = time.perf_counter()
        for _ in generate(model, [0], max_tokens=tokens, sampler=SamplerSettings()):
            pass
        return time.perf_counter() - began

    return one_round


def beside(
    name: str, work: float, ours: Callable[[], float], theirs: Callable[[], float], rounds: int
) -> dict[str, object]:
    """Medians of alternating rounds in units of `work` per second, and their ratio."""
    ours(), theirs()  # warm
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    mine, other = (statistics.median(times) for times in zip(*pairs, strict=True))
    return {
        "name": name,
        "ours": round(work / mine, 1),
        "nanogpt": round(work / other, 1),
        "ratio": round(other / mine, 3),
        "unit": "tokens/s",
    }


def main() -> None:
    """Compare, and print one JSON object."""
    parser = argparse.ArgumentParser(description="Our speed beside nanoGPT's, in one run.")
    parser.add_argument("checkout", type=Path, help="a folder that holds nanoGPT's model.py")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    args = parser.parse_args()
    peer = load_peer(args.checkout)
    ids = torch.randint(V, (200_000,), generator=torch.Generator().manual_seed(0))
    torch.set_num_threads(args.threads)
    work = STEPS * BATCH * SMALL["block_size"]
    rows = [
        beside("train 4x128", work, our_training(ids), peer_training(peer, ids), args.rounds),
    ]
    torch.set_num_threads(1)
    for name, shape, tokens in (("4x128", SMALL, 200), ("6x384", LARGE, 300)):
        ours, theirs = our_writing(shape, tokens), peer_writing(peer, shape, tokens)
        rows.append(beside(f"generate {name}", tokens, ours, theirs, max(3, args.rounds // 2)))
    print(json.dumps({"machine": machine(), "threads": args.threads, "results": rows}, indent=2))


if __name__ == "__main__":
    main()
