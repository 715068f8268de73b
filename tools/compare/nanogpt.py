"""Our training and writing beside nanoGPT's, in one run on one machine.

    python -m tools.compare.nanogpt CHECKOUT [--rounds 7] [--threads N]
    python -m tools.compare.nanogpt CHECKOUT --quality FILE      minutes: see `race.py`

CHECKOUT is a folder that holds nanoGPT's model.py. Training: nanoGPT's CPU recipe (4 layers, 128
wide, context 64, batch 12, no dropout), each with its own optimizer and gradients clipped. Writing:
batch 1, one thread, the same context; nanoGPT keeps no cache.
"""

import contextlib
import sys
from pathlib import Path
from types import ModuleType

import torch

from lm_core.encoded import Encoded
from lm_core.generation import SamplerSettings, generate
from lm_core.models.building import build_model
from lm_core.training import Budget, Trainer, TrainSettings
from tools.compare.beside import Round, beside, load, parser, report, threads, timed, training

V, BATCH, STEPS = 65, 12, 30
SMALL = {"n_layer": 4, "n_head": 4, "n_embd": 128, "block_size": 64}
LARGE = {"n_layer": 6, "n_head": 6, "n_embd": 384, "block_size": 256}
WRITING = {"4x128": (SMALL, 200), "6x384": (LARGE, 300)}  # shape, tokens


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


def our_training(ids: torch.Tensor, **changes: object) -> Round:
    """Seconds of `STEPS` of the Trainer's own steps, on the same ids."""
    data = {"train": Encoded(ids, torch.zeros(1, dtype=torch.int64), False, len(ids), len(ids))}
    settings = TrainSettings(batch_size=BATCH, eval_every=10**6, **changes)
    model = build_model("transformer", SMALL, V)
    trainer = Trainer(model, data, settings=settings, budget=Budget(steps=10**6))
    return training(trainer, STEPS)


def peer_writing(peer: ModuleType, shape: dict[str, int], tokens: int) -> Round:
    model, prompt = peer_model(peer, shape).eval(), torch.zeros(1, 1, dtype=torch.int64)
    return timed(lambda: model.generate(prompt, tokens, temperature=1.0))


def our_writing(shape: dict[str, int], tokens: int) -> Round:
    model = build_model("transformer", shape, V).eval()

    def write() -> None:
        for _ in generate(model, [0], max_tokens=tokens, sampler=SamplerSettings()):
            pass

    return timed(write)


def speed(peer: ModuleType, *, rounds: int, training_threads: int) -> list[dict[str, object]]:
    """A row for training, and one for writing with each size of model."""
    ids = torch.randint(V, (200_000,), generator=torch.Generator().manual_seed(0))
    work = STEPS * BATCH * SMALL["block_size"]
    how = {"peer": "nanogpt", "rounds": rounds}
    with threads(training_threads):
        pair = our_training(ids), peer_training(peer, ids)
        rows = [beside("train 4x128", work, *pair, **how)]
    how["rounds"] = max(3, rounds // 2)
    with threads(1):
        for name, (shape, tokens) in WRITING.items():
            pair = our_writing(shape, tokens), peer_writing(peer, shape, tokens)
            rows.append(beside(f"generate {name}", tokens, *pair, **how))
    return rows


def main(argv: list[str] | None = None) -> None:
    """Compare, and print one JSON object."""
    from tools.compare.race import STEPS as RACE_STEPS
    from tools.compare.race import race

    args = parser("Our speed beside nanoGPT's, in one run.", rounds=7)
    args.add_argument("checkout", type=Path, help="a folder that holds nanoGPT's model.py")
    args.add_argument(
        "--quality", type=Path, metavar="FILE", help="race to nanoGPT's loss on this text instead"
    )
    args.add_argument(
        "--steps", type=int, default=RACE_STEPS, help="of nanoGPT in the race; default: %(default)s"
    )
    chosen = args.parse_args(argv)
    peer = load(chosen.checkout, "model.py", "GPT", "GPTConfig")
    if chosen.quality is None:
        report(speed(peer, rounds=chosen.rounds, training_threads=chosen.threads))
        return
    with threads(chosen.threads):
        report(race(peer, chosen.quality, steps=chosen.steps), threads=chosen.threads)


if __name__ == "__main__":
    main()
