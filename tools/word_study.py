"""Words: a 5-gram network, an LSTM and a Transformer that read the speeches twice, and the
5-gram that counts, by test perplexity.

    python -m tools.word_study                 # makes checkpoints/studies/words.csv
    python -m tools.word_study --list          # the commands

All learn the same words in as many steps of as many tokens, with about as many parameters, one
thread each, so neither the machine's load nor its cores change the figures. The test text is read
once, at the end. What is in the table already is not run again.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lm_core.evaluation import evaluate, token_nats
from lm_core.evaluation.differences import SENTENCES, by_sentence, sentence_ends
from lm_core.training.callbacks import Callback
from lm_core.training.events import Event
from lm_core.training.state import Training
from tools.trial import Trial, fill, on_this_machine

SHIPPED = Path(__file__).resolve().parents[1] / "checkpoints" / "studies" / "words.csv"
CORPUS, TOKENIZER, VOCABULARY = "speeches", "word", 10_000
MARKS = (0.125, 0.25, 0.5, 1.0, 1.5, 2.0)  # passes through the text, where a curve has points
BINS = (*map(str, SENTENCES), "more")  # tokens of the longest sentence of each
SPLITS, TEST = ("train", "validation"), "test_nats"
COLUMNS = ("family", "seed", "steps", "tokens", "parameters", "validation_nats", TEST)
COLUMNS += tuple(f"{split}_{mark:g}" for mark in MARKS for split in SPLITS)
COLUMNS += tuple(f"{what}_to_{one}" for one in BINS for what in ("nats", "tokens"))
COLUMNS += ("cpu_seconds", "machine", "versions", "command")
SEEDS = (0, 1)
BATCH, BLOCK = 32, 64  # rows, and tokens of each
PASS = 952  # steps in which as many tokens are read as the training text has
ALONG = 10_000  # tokens scored on the way, of each split
SHARED = {
    "tokenizer.vocab_size": str(VOCABULARY),
    "model.n_embd": "64",
    "model.head": "adaptive",
    "model.block_size": str(BLOCK),
    "train.batch_size": str(BATCH),
    "train.precision": "float32",
}
# By family, beside its recipe: the MLP looks at four words, as a 5-gram does.
FAMILIES: dict[str, dict[str, str]] = {
    "mlp": {"model.context": "4", "model.n_hidden": "256", "model.dropout": "0.1"},
    "lstm": {"model.n_hidden": "128", "model.locked_dropout": "0.1", "train.lr": "0.012"},
    "transformer": {"model.n_layer": "2", "model.n_head": "4", "model.dropout": "0.1"},
}
COUNTING = "ngram"
SAID = ("family", "seed", "validation_nats", TEST, "cpu_seconds")


@dataclass(frozen=True)
class Reader:
    """A family and a seed; `passes` through the text."""

    family: str
    seed: int
    passes: float = MARKS[-1]

    @property
    def counts(self) -> bool:
        return self.family == COUNTING

    @cached_property
    def trial(self) -> Trial:
        """What is trained."""
        if self.counts:
            own = {"tokenizer.vocab_size": str(VOCABULARY), "model.order": "5"}
            return Trial(CORPUS, self.family, tuple(own.items()), 1, self.seed, TOKENIZER)
        changes = tuple((SHARED | FAMILIES[self.family]).items())
        steps = round(self.passes * PASS)
        return Trial(CORPUS, self.family, changes, steps, self.seed, TOKENIZER)

    @property
    def kept(self) -> str:
        return self.trial.kept

    def run(self) -> dict[str, Any]:
        """The row of it."""
        watch = Watch()
        done = self.trial.run(*([] if self.counts else [watch]))
        model, data = done.prepared.model, done.prepared.data
        test = data["test"]
        nats = token_nats(model, test)
        bins = by_sentence(nats, test, sentence_ends(done.prepared.tokenizer))
        row = dict.fromkeys(COLUMNS, "") | done.figures | watch.found
        for name, one in zip(BINS, bins, strict=True):
            row |= {f"nats_to_{name}": round(one.nats, 5), f"tokens_to_{name}": one.tokens}
        return row | {
            "family": self.family,
            "tokens": done.trainer.tokens,
            "validation_nats": round(evaluate(model, data["validation"]).nats_per_token, 5),
            TEST: round(float(nats.double().mean()), 5),
            "cpu_seconds": round(done.seconds - watch.spent, 1),
            "machine": on_this_machine(),
        }


class Watch(Callback):
    """Scores both splits at MARKS; `spent` is its own processor time, in seconds."""

    def __init__(self) -> None:
        self.marks = {round(mark * PASS): mark for mark in MARKS}
        self.found: dict[str, float] = {}
        self.spent = 0.0

    def wants(self, training: Training) -> bool:
        return training.step + 1 in self.marks

    def after(self, training: Training) -> Iterator[Event]:
        began = time.process_time()
        mark = self.marks[training.step]
        for split in SPLITS:
            score = evaluate(training.model, training.data[split], max_tokens=ALONG)
            self.found[f"{split}_{mark:g}"] = round(score.nats_per_token, 5)
        self.spent += time.process_time() - began
        yield from ()


def planned(passes: float = MARKS[-1]) -> Iterator[Reader]:
    """What counts first, then all others with the first seed, then with the next."""
    yield Reader(COUNTING, 0)
    for seed in SEEDS:
        yield from (Reader(family, seed, passes) for family in FAMILIES)


def main(argv: list[str] | None = None) -> None:
    args = argparse.ArgumentParser(description="Words: a 5-gram network, an LSTM, a Transformer.")
    args.add_argument("--out", type=Path, default=SHIPPED, help="default: the table that ships")
    args.add_argument("--only", default="", help=f"some of {','.join((COUNTING, *FAMILIES))}")
    args.add_argument("--list", action="store_true", help="only show the commands")
    chosen = args.parse_args(argv)
    names = chosen.only.split(",") if chosen.only else [COUNTING, *FAMILIES]
    unknown = [name for name in names if name not in (COUNTING, *FAMILIES)]
    if unknown:
        args.error(f"unknown family {unknown[0]}; known: {COUNTING}, {', '.join(FAMILIES)}.")
    readers = [one for one in planned() if one.family in names]
    if chosen.list:
        print("\n".join(one.kept for one in readers))
        return
    fill(chosen.out, COLUMNS, readers, lambda one: one.run(), SAID)


if __name__ == "__main__":
    main()
