"""The race to nanoGPT's published 1.4697 on a GPU: its recipe and ours on the same text and card.

    python -m tools.compare.gpu_race CHECKOUT FILE [--steps 5000] [--ours 700]

nanoGPT's recipe is its config/train_shakespeare_char.py: 6 layers, 384 wide, context 256, batch 64,
dropout 0.2, rate 1e-3 after 100 steps and down to 1e-4, beta2 0.99, bfloat16, compiled. Ours is the
recipe "GPU" of the same size. Seconds are of training alone, with compiling and without
evaluations, for both. Both are scored as nanoGPT estimates its loss: rows of a whole context, one
after the other, over all of the last tenth of the text.
"""

import argparse
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from lm_core.models.building import build_model
from lm_core.models.contract import LanguageModel
from lm_core.runs.recipes import GPU
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.events import Failed
from tools.compare.beside import load, report
from tools.compare.race import Nats, Text, peer_nats, rate, read, score

SHAPE = {"n_layer": 6, "n_head": 6, "n_embd": 384, "block_size": 256}
BATCH, STEPS, EVERY, TARGET = 64, 5000, 250, 1.4697
OURS_EVERY = 25  # steps between two looks


def look(nats: Nats, text: Text) -> float:
    """Nats of the held-out tenth, in bfloat16 as nanoGPT's estimate is."""
    with torch.autocast("cuda", torch.bfloat16):
        return score(nats, text.validation, SHAPE["block_size"], "windows")


def peer_run(peer: ModuleType, text: Text, *, steps: int) -> dict[str, Any]:
    """nanoGPT's loop with its loader, its optimizer and its compiled model."""
    torch.manual_seed(1337)
    torch.cuda.reset_peak_memory_stats()
    config = peer.GPTConfig(**SHAPE, vocab_size=text.V, dropout=0.2, bias=False)
    model = peer.GPT(config).to("cuda")
    optimizer = model.configure_optimizers(0.1, 1e-3, (0.9, 0.99), "cuda")
    ids, T = text.train.ids.cpu(), SHAPE["block_size"]

    def batch() -> tuple[Tensor, Tensor]:
        at = torch.randint(len(ids) - T, (BATCH,))
        pair = (torch.stack([ids[i + k : i + k + T] for i in at]) for k in (0, 1))
        return tuple(t.pin_memory().to("cuda", non_blocking=True) for t in pair)

    compiled, curve = torch.compile(model), []
    seconds, began, first = 0.0, time.perf_counter(), 0.0
    x, y = batch()
    for step in range(1, steps + 1):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, steps)
        with torch.autocast("cuda", torch.bfloat16):
            _, loss = compiled(x, y)
        x, y = batch()  # drawn while the card works
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if step in (1, 20) or step % EVERY == 0 or step == steps:
            torch.cuda.synchronize()
            seconds += time.perf_counter() - began
            if step == 20:
                first = seconds
            if step % EVERY == 0 or step == steps:
                curve.append((step, round(seconds, 2), look(peer_nats(model.eval()), text)))
                model.train()
            began = time.perf_counter()
    return {**_told(curve, seconds, first, (steps - 20) * BATCH * T), "steps": steps}


def our_run(text: Text, *, steps: int) -> dict[str, Any]:
    """The Trainer with the recipe, looked at every few steps with its clock stopped."""
    torch.cuda.reset_peak_memory_stats()
    settings = TrainSettings(**GPU.train, eval_every=10**6)
    shape = {**SHAPE, **GPU.model}
    curve, seconds, first = [], 0.0, 0.0
    torch.cuda.synchronize()
    began = time.perf_counter()
    model = build_model("transformer", shape, text.V, seed=1337)
    trainer = Trainer(
        NextToken(),
        model,
        {"train": text.train},
        settings=settings,
        budget=Budget(steps=steps),
        seed=1337,
        device="cuda",
    )
    for event in trainer.run():
        if isinstance(event, Failed):
            raise SystemExit(f"Our run failed: {event.reason}")
        due = trainer.step >= OURS_EVERY * (len(curve) + 1) or trainer.step == steps
        if not due and (first or trainer.step < 20):
            continue
        torch.cuda.synchronize()
        seconds += time.perf_counter() - began
        if not first:
            first, counted = seconds, trainer.step
        if due:
            with trainer.weights.shown():
                model.eval()
                curve.append((trainer.step, round(seconds, 2), look(our_nats(model), text)))
                model.train()
        began = time.perf_counter()
    tokens = (trainer.step - counted) * settings.batch_size * SHAPE["block_size"]
    return {**_told(curve, seconds, first, tokens), "steps": steps}


def our_nats(model: LanguageModel) -> Nats:
    return lambda idx, targets: model.nats(idx, targets)[0]


def _told(
    curve: list[tuple[int, float, float]], seconds: float, first: float, tokens: int
) -> dict[str, Any]:
    best = min(curve, key=lambda point: point[2])
    hit = next((point for point in curve if point[2] <= TARGET), None)
    return {
        "best_nats": round(best[2], 4),
        "best_at": {"step": best[0], "seconds": best[1]},
        "reached_1.4697": None if hit is None else {"step": hit[0], "seconds": hit[1]},
        "seconds": round(seconds, 2),
        "seconds_of_the_first_steps": round(first, 2),
        "tokens_per_second": round(tokens / max(1e-9, seconds - first)),
        "peak_gb": round(torch.cuda.max_memory_allocated() / 1e9, 2),
    }


def race(peer: ModuleType, file: Path, *, steps: int, ours: int) -> list[dict[str, Any]]:
    """A row for each, and how many times sooner we are at 1.4697 than nanoGPT is at its best, at
    1.4697 (where it comes there), and at the end of its recipe."""
    read_text = read(file)
    text = Text(read_text.train.to("cuda"), read_text.validation.to("cuda"), read_text.V)
    mine, theirs = our_run(text, steps=ours), peer_run(peer, text, steps=steps)
    rows = [{"name": "ours", **mine}, {"name": "nanogpt", **theirs}]
    if mine["reached_1.4697"]:
        took = mine["reached_1.4697"]["seconds"]
        ends = {"best": theirs["best_at"]["seconds"], "end": theirs["seconds"]}
        if theirs["reached_1.4697"]:
            ends["1.4697"] = theirs["reached_1.4697"]["seconds"]
        ends["end, without compiling"] = theirs["seconds"] - theirs["seconds_of_the_first_steps"]
        rows.append({f"times sooner than its {k}": round(v / took, 2) for k, v in ends.items()})
    return rows


def main(argv: list[str] | None = None) -> None:
    """Race, and print one JSON object."""
    args = argparse.ArgumentParser(description="The race to 1.4697 on a GPU.")
    args.add_argument("checkout", type=Path, help="a folder that holds nanoGPT's model.py")
    args.add_argument("file", type=Path, help="tiny-shakespeare as one file")
    args.add_argument("--steps", type=int, default=STEPS, help="of nanoGPT; default: %(default)s")
    args.add_argument("--ours", type=int, default=700, help="steps of ours; default: %(default)s")
    chosen = args.parse_args(argv)
    if not torch.cuda.is_available():
        raise SystemExit("This race needs an NVIDIA GPU; tools.compare.nanogpt --quality does not.")
    peer = load(chosen.checkout, "model.py", "GPT", "GPTConfig")
    report(race(peer, chosen.file, steps=chosen.steps, ours=chosen.ours))


if __name__ == "__main__":
    main()
