"""Our LSTM over words beside the word language model of pytorch/examples, in one run.

    python -m tools.compare.word_language_model CHECKOUT [--rounds 7] [--threads N]

CHECKOUT is the folder word_language_model, which holds model.py. Both read the words of the corpus
speeches, with its vocabulary and the peer's default sizes: 2 layers of 200, 200 numbers for a word,
20 rows of 35 words, dropout 0.2. The peer's loop is that of its main.py: SGD written out, gradients
clipped at 0.25, the loss read at every batch. Ours is a run of the Trainer with its default
optimizer, which does more for a step (AdamW keeps two numbers for each weight).

Memory: the most that a process of its own holds while it trains, above what it held when model and
text were there. With four times the rows or four times the words (random ids) it shows what grows
with the weights and what with words times tokens.
"""

import argparse
import functools
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from lm_core.bench.ngram_words import peak_memory
from lm_core.encoded import Encoded
from lm_core.json_files import dumps
from lm_core.models.building import build_model
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from tools.compare.beside import Round, beside, load, parser, report, threads, timed, training

LAYERS, WIDTH, ROWS, BPTT, DROPOUT = 2, 200, 20, 35, 0.2
RATE, CLIP = 20.0, 0.25
NAME = "word_language_model"
STEPS = 10  # of a round
GROWN = 4  # times as many words


def speeches() -> tuple[Tensor, int]:
    """Ids of the training words, and the size of the vocabulary."""
    from lm_core.runs.prepare import prepare
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec

    ready = prepare(default_spec(CorpusSpec(name="speeches"), "ngram", tokenizer="word"))
    return ready.data["train"].ids, ready.tokenizer.vocab_size


def peer_round(
    peer: ModuleType, ids: Tensor, V: int, *, rows: int = ROWS, steps: int = STEPS
) -> Round:
    """Steps of the loop of main.py, which begins the text again where it ends."""
    torch.manual_seed(0)
    model = peer.RNNModel("LSTM", V, WIDTH, WIDTH, LAYERS, DROPOUT)
    text = ids[: len(ids) // rows * rows].view(rows, -1).t().contiguous()  # (time, rows)
    criterion, at, hidden = nn.NLLLoss(), 0, None

    def work() -> None:
        nonlocal at, hidden
        model.train()
        for _ in range(steps):
            if hidden is None or at + BPTT >= len(text):
                at, hidden = 0, model.init_hidden(rows)
            data, targets = text[at : at + BPTT], text[at + 1 : at + 1 + BPTT].reshape(-1)
            at += BPTT
            model.zero_grad()
            hidden = tuple(part.detach() for part in hidden)
            output, hidden = model(data, hidden)
            loss = criterion(output, targets)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            for p in model.parameters():
                p.data.add_(p.grad, alpha=-RATE)
            loss.item()

    return timed(work)


def our_round(ids: Tensor, V: int, *, rows: int = ROWS, steps: int = STEPS) -> Round:
    """Steps of the Trainer, without evaluations."""
    shape = {"n_layer": LAYERS, "n_embd": WIDTH, "n_hidden": WIDTH, "block_size": BPTT}
    model = build_model("lstm", {**shape, "dropout": DROPOUT}, V)
    data = {"train": Encoded(ids, torch.zeros(1, dtype=torch.int64), False, len(ids), len(ids))}
    settings = TrainSettings(batch_size=rows, lr=3e-3, grad_clip=CLIP, eval_every=10**6)
    return training(
        Trainer(NextToken(), model, data, settings=settings, budget=Budget(steps=10**7)), steps
    )


def speed(peer: ModuleType, *, rounds: int) -> dict[str, Any]:
    """Tokens per second of each on the words of the speeches."""
    ids, V = speeches()
    pair = our_round(ids, V), peer_round(peer, ids, V)
    row = beside("train lstm", STEPS * ROWS * BPTT, *pair, peer=NAME, rounds=rounds)
    about = {"n_layer": LAYERS, "n_hidden": WIDTH, "batch": ROWS, "bptt": BPTT}
    return {**row, "vocabulary": V, **about}


def memory(checkout: Path, V: int) -> list[dict[str, Any]]:
    """MB that each takes while it trains: as above, with more rows, with more words."""
    found = []
    for words, rows in ((V, ROWS), (V, GROWN * ROWS), (GROWN * V, ROWS)):
        row: dict[str, Any] = {"name": f"memory, {words} words, {rows} rows"}
        row |= {who: _asked(checkout, who, words, rows) for who in ("ours", NAME)}
        row |= {"unit": "MB above model and text"}
        found.append(row | {"logits_of_a_batch": round(4 * words * rows * BPTT / 1e6, 1)})
    return found


def _asked(checkout: Path, who: str, words: int, rows: int) -> float:
    command = [sys.executable, "-m", "tools.compare.word_language_model", str(checkout)]
    command += ["--memory", who, str(words), str(rows)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def measure_memory(peer: ModuleType, who: str, V: int, rows: int) -> float | None:
    """In this process: MB that three steps take; None where the system does not say."""
    train = our_round if who == "ours" else functools.partial(peer_round, peer)
    train(_random_ids(50), 50, steps=3)()  # loads the code that a first step loads
    work = train(_random_ids(V), V, rows=rows, steps=3)
    before = _held()
    work()
    most = peak_memory()
    return None if before is None or most is None else round(1000 * most - before, 1)


def _random_ids(V: int) -> Tensor:
    return torch.randint(V, (GROWN * ROWS * BPTT * 10,), generator=torch.Generator().manual_seed(0))


def _held() -> float | None:
    """MB this process holds now."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:  # not Linux: the highest so far is near it
        most = peak_memory()
        return None if most is None else 1000 * most
    import resource

    return pages * resource.getpagesize() / 1e6


def main(argv: list[str] | None = None) -> None:
    """Compare, and print one JSON object."""
    args = parser("Our LSTM over words beside PyTorch's example, in one run.", rounds=7)
    args.add_argument("checkout", type=Path, help="the folder word_language_model")
    args.add_argument("--memory", nargs=3, metavar=("WHO", "WORDS", "ROWS"), help=argparse.SUPPRESS)
    chosen = args.parse_args(argv)
    peer = load(chosen.checkout, "model.py", "RNNModel")
    if chosen.memory:
        who, *sizes = chosen.memory
        print(dumps(measure_memory(peer, who, *map(int, sizes))))
        return
    with threads(chosen.threads):
        row = speed(peer, rounds=chosen.rounds)
    report([row, *memory(chosen.checkout, row["vocabulary"])])


if __name__ == "__main__":
    main()
