"""What a tokenizer does to the loss: one small Transformer under several of them, two seeds each,
after an equal amount of text.

    python -m tools.tokenizer_study            # checkpoints/studies/tokenizers.json, four minutes
    python -m tools.tokenizer_study --list     # the commands

The amount is counted in bytes of the training text, so neither the machine's load nor the length
of a token decides how much a model has read; the steps of each follow from it. The rate stays the
same after the warm-up, so that every point of a curve is a result of its own, and the curves can be
read off at equal operations as well. The file is written after each run, and what is in it already
is not run again.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from lm_core.corpora import load_corpus
from lm_core.encoded import Encoded, encode_documents
from lm_core.evaluation.score import evaluate
from lm_core.evaluation.standings import Point, Result
from lm_core.evaluation.tokenizer_study import Cut, TokenizerStudy, read_study
from lm_core.figures import significant
from lm_core.machine import this_machine
from lm_core.models.costs import LEARNING
from lm_core.runs.prepare import prepare
from lm_core.runs.spec import RunSpec
from lm_core.tokenizers import Tokenizer
from lm_core.training.callbacks import Callback
from lm_core.training.events import Event
from lm_core.training.state import Training
from tools.trial import Trial

SHIPPED = Path(__file__).resolve().parents[1] / "checkpoints" / "studies" / "tokenizers.json"
CORPUS, FAMILY = "speeches", "transformer"
BYTES, SEEDS = 400_000, 2
SCORED, ALONG = 40_000, 8_000  # characters of the validation text: in the end, and on the way
MARKS = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 3 / 8, 1 / 2, 3 / 4, 1)  # of the steps
BATCH, BLOCK = 16, 64
FIXED = {
    "model.n_layer": "2",
    "model.n_embd": "32",
    "model.n_head": "2",
    "model.block_size": str(BLOCK),
    "train.batch_size": str(BATCH),
    "train.optimizer": "muon",
    "train.lr": "0.02",
    "train.schedule": "constant",
    "train.precision": "float32",
}
# Name -> title, what cuts, size of its vocabulary.
CUTS: dict[str, tuple[str, str, int | None]] = {
    "char": ("Characters", "char", None),
    "bpe-512": ("Byte pairs 512", "bpe", 512),
    "bpe-2048": ("Byte pairs 2,048", "bpe", 2048),
    "word-5000": ("Words 5,000", "word", 5000),
}


@dataclass(frozen=True)
class Learner:
    """A tokenizer and a seed."""

    name: str
    seed: int
    bytes: int = BYTES

    @cached_property
    def trial(self) -> Trial:
        """What is trained: as many steps as the text has."""
        return self._of(max(1, round(self.bytes / (BATCH * BLOCK * self.bytes_per_token))))

    def _of(self, steps: int) -> Trial:
        _, codec, size = CUTS[self.name]
        changes = FIXED | ({} if size is None else {"tokenizer.vocab_size": str(size)})
        return Trial(CORPUS, FAMILY, tuple(changes.items()), steps, self.seed, codec)

    @cached_property
    def bytes_per_token(self) -> float:
        """Of the training text."""
        train = prepare(self._of(1).spec).data["train"]
        return train.bytes / train.predictions

    @property
    def cut(self) -> Cut:
        spec = RunSpec.to_dict(self.trial.spec) | {"seed": 0}
        command = self.trial.kept.replace(f"--seed {self.seed}", "--seed 0")
        return Cut(self.name, CUTS[self.name][0], spec, command)

    def run(self) -> Result:
        """Train it, and score it."""
        tokenizer = prepare(self.trial.spec).tokenizer
        along = in_tokens(piece(ALONG), tokenizer)
        watch = Watch(self.trial.steps, along)
        done = self.trial.run(watch)
        model = done.prepared.model
        score = evaluate(model, in_tokens(piece(SCORED), tokenizer))
        told = along.bytes - along.skipped_bytes
        figures = {
            "vocab_size": model.vocab_size,
            "parameters": model.n_parameters,
            "vocabulary_parameters": model.embedding.weight.numel() + model.head.weight.numel(),
            "steps": done.trainer.step,
            "tokens": done.trainer.tokens,
            "bytes_per_token": self.bytes_per_token,
            "operations_per_token": LEARNING * model.costs().total("operations"),
            "cpu_seconds": round(done.seconds - watch.spent, 2),
            "nats": score.nats_per_token,
            "perplexity": score.perplexity,
            "bits_per_byte": score.bits_per_byte,
            "untold": score.skipped_characters / (score.characters + score.skipped_characters),
            "evaluated": done.trainer.evaluate("validation").loss,
            "curve_tokens_per_byte": None if score.withheld else along.predictions / told,
        }
        return Result(self.name, self.seed, figures, tuple(watch.points))


class Watch(Callback):
    """Scores the same text under every tokenizer at some steps; `spent` is its own processor time,
    in seconds."""

    def __init__(self, steps: int, text: Encoded) -> None:
        self.marks = {max(1, round(share * steps)) for share in MARKS}
        self.text, self.points, self.spent = text, [], 0.0
        self._began = time.process_time()

    def wants(self, training: Training) -> bool:
        if training.step == 0:
            self._began = time.process_time()
        return training.step + 1 in self.marks

    def after(self, training: Training) -> Iterator[Event]:
        began = time.process_time()
        nats = evaluate(training.model, self.text).nats_per_token
        seconds = began - self._began - self.spent
        self.points.append(Point(training.step, training.tokens, round(seconds, 2), round(nats, 5)))
        self.spent += time.process_time() - began
        yield from ()


def piece(characters: int) -> list[str]:
    """The beginning of the validation text, so many characters of it."""
    found, left = [], characters
    for document in load_corpus(CORPUS).splits["validation"]:
        found.append(document[:left])
        left -= len(found[-1])
        if left <= 0:
            break
    return found


def in_tokens(text: list[str], tokenizer: Tokenizer) -> Encoded:
    return encode_documents(text, tokenizer, items=False, skip_unknown=True)


def planned(names: list[str], seeds: int, size: int) -> Iterator[Learner]:
    """All tokenizers with the first seed, then with the next."""
    for seed in range(seeds):
        yield from (Learner(name, seed, size) for name in names)


def study(out: Path, learners: list[Learner], command: str) -> None:
    """Run what is not in `out` yet, and write it after each, in the order of CUTS."""
    size, scored = learners[0].bytes, sum(len(text.encode()) for text in piece(SCORED))
    file = TokenizerStudy(command, this_machine(), size, scored, ())
    if out.exists():
        file = read_study(out)
        if (file.bytes, file.scored) != (size, scored):
            raise SystemExit(f"{out} is of another study: give another --out.")
    places = {name: place for place, name in enumerate(CUTS)}
    for one in learners:
        if file.has(one.name, one.seed):
            continue
        result, cuts = one.run(), {cut.name: cut for cut in (*file.cuts, one.cut)}
        file = replace(
            file,
            cuts=tuple(sorted(cuts.values(), key=lambda cut: places[cut.name])),
            results=tuple(sorted((*file.results, result), key=lambda r: (r.seed, places[r.model]))),
        )
        file.write(out)
        print(one.name, one.seed, said(result.figures), flush=True)


def said(figures: dict[str, Any]) -> str:
    names = ("steps", "nats", "perplexity", "bits_per_byte", "untold", "cpu_seconds")
    return ", ".join(
        f"{n} {'-' if figures[n] is None else significant(figures[n], 4)}" for n in names
    )


def main(argv: list[str] | None = None) -> None:
    args = argparse.ArgumentParser(description="What a tokenizer does to the loss.")
    args.add_argument("--out", type=Path, default=SHIPPED, help="default: the file that ships")
    args.add_argument("--only", default="", help=f"some of {','.join(CUTS)}")
    args.add_argument("--seeds", type=int, default=SEEDS, help=f"default: {SEEDS}")
    args.add_argument("--bytes", type=int, default=BYTES, help=f"default: {BYTES:,}")
    args.add_argument("--list", action="store_true", help="only show the commands")
    chosen = args.parse_args(argv)
    names = chosen.only.split(",") if chosen.only else list(CUTS)
    unknown = [name for name in names if name not in CUTS]
    if unknown:
        args.error(f"unknown tokenizer {unknown[0]}; known: {', '.join(CUTS)}.")
    learners = list(planned(names, chosen.seeds, chosen.bytes))
    if chosen.list:
        print("\n".join(one.trial.kept for one in learners))
        return
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    study(chosen.out, learners, "python -m tools.tokenizer_study")


if __name__ == "__main__":
    main()
