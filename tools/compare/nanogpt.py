"""Our training and writing beside nanoGPT's, in one run on one machine.

    python -m tools.compare.nanogpt CHECKOUT [--rounds 7] [--threads N]
    python -m tools.compare.nanogpt CHECKOUT --quality FILE      minutes: see `race.py`

CHECKOUT is a folder that holds nanoGPT's model.py. Training: nanoGPT's CPU recipe (4 layers, 128
wide, context 64, batch 12, no dropout), each with its own optimizer and gradients clipped. Writing:
batch 1, one thread, the same context; nanoGPT keeps no cache.
"""

from pathlib import Path
from types import ModuleType

import torch

from lm_core.encoded import Encoded
from lm_core.generation import SamplerSettings, generate
from lm_core.models.building import build_model
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from tools.compare.beside import Round, beside, load, parser, report, threads, timed, training
from tools.compare.nanogpt_peer import BATCH, SMALL, STEPS, V, peer_model, peer_training
from tools.compare.race import STEPS as RACE_STEPS
from tools.compare.race import race

LARGE = {"n_layer": 6, "n_head": 6, "n_embd": 384, "block_size": 256}
WRITING = {"4x128": (SMALL, 200), "6x384": (LARGE, 300)}  # shape, tokens


def our_training(ids: torch.Tensor, **changes: object) -> Round:
    """Seconds of `STEPS` of the Trainer's own steps, on the same ids."""
    data = {"train": Encoded(ids, torch.zeros(1, dtype=torch.int64), False, len(ids), len(ids))}
    settings = TrainSettings(batch_size=BATCH, eval_every=10**6, **changes)
    model = build_model("transformer", SMALL, V)
    trainer = Trainer(NextToken(), model, data, settings=settings, budget=Budget(steps=10**6))
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
