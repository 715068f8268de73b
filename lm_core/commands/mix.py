"""`train --model mixture` or `ensemble` with checkpoint folders as its parts: nothing is trained
but their shares, which are fitted on the validation split."""

import argparse
import math
import shlex
import time
from pathlib import Path
from typing import Any

import torch

from lm_core.checkpoints import Checkpoint, check_replaceable, load_checkpoint, save_checkpoint
from lm_core.commands import Answer, fetch, file_or_name, in_lines, say, tell
from lm_core.device import choose_device
from lm_core.encoded import Encoded, encode_corpus
from lm_core.errors import BadCheckpoint, BadSettings
from lm_core.evaluation import evaluate
from lm_core.evaluation.mixing import fit_weight
from lm_core.home import typed_path
from lm_core.models.averaged import Averaged
from lm_core.models.contract import NO_NUMBERS, models
from lm_core.models.ensemble import BETWEEN
from lm_core.runs.prepare import load_text
from lm_core.runs.spec import CorpusSpec, text_of
from lm_core.training.threads import at_a_glance

PARTS, MEMBERS = ("model.first", "model.second"), "model.members"
USAGE = {
    "mixture": "A mixture of trained models takes two checkpoint folders and no other --set: "
    "--set model.first=FOLDER --set model.second=FOLDER.",
    "ensemble": "An ensemble of trained models takes checkpoint folders with semicolons between, "
    'and no other --set: --set "model.members=FOLDER; FOLDER".',
}


def folders(args: argparse.Namespace) -> list[Path] | None:
    """The checkpoints that `--set model.first=FOLDER` and the like name, or `--set
    "model.members=FOLDER; FOLDER"`, if they do.

    Raises:
        BadSettings: only some of them are folders.
        BadPath: as `typed_path`.
    """
    given = dict(text.partition("=")[::2] for text in args.set)
    match args.model:
        case "mixture":
            texts, known = [given.get(name, "") for name in PARTS], {*PARTS}
        case "ensemble":
            texts, known = given.get(MEMBERS, "").split(BETWEEN.strip()), {MEMBERS}
        case _:
            return None
    texts = [text.strip() for text in texts]
    found = [typed_path(text) for text in texts]
    are = [bool(text) and path.is_dir() for text, path in zip(texts, found, strict=True)]
    if not any(are):
        return None
    if not all(are) or set(given) != known or len(found) < 2:
        raise BadSettings(USAGE[args.model])
    return found


def run(args: argparse.Namespace, parts: list[Path]) -> Answer:
    """Mix trained models; answers as `train` does."""
    takes = {"model", "set", "corpus", "out", "threads", "json"}
    takes |= {"validation", "items"} if args.corpus else set()
    if other := [name for name in args.given if name not in takes]:
        raise BadSettings(f"Mixing trained models trains nothing: leave out --{other[0]}.")
    first, *others = loaded = [load_checkpoint(path) for path in parts]
    for path, other in zip(parts[1:], others, strict=True):
        if not first.tokenizer.cuts_like(other.tokenizer):
            raise BadSettings(
                f"{parts[0].name} and {path.name} cut text into different tokens: mix those that "
                "were trained with the same tokenizer on the same text."
            )
    device = choose_device("cpu", args.threads)
    torch.set_num_threads(device.threads if device.chosen else at_a_glance(device.threads))
    began = time.perf_counter()
    build: type[Averaged] = models[args.model].build
    mixture = build.of(*(one.model for one in loaded)).eval()
    spec = corpus_spec(args, first)
    out = Path(args.out or f"runs/{spec.name}-{args.model}-{'-'.join(path.name for path in parts)}")
    check_replaceable(out)
    data = _encoded(spec, first)
    weight = fit_weight(mixture, data["validation"])
    shares, titles = mixture.shares.tolist(), [one.title for one in loaded]
    for path, share in zip(parts, shares, strict=True):
        say(f"weight of {path.name}: {share:.3f}")
    score = evaluate(mixture, data["validation"])
    if math.isnan(score.nats):
        raise BadCheckpoint(NO_NUMBERS)
    seconds = time.perf_counter() - began
    meta: dict[str, Any] = {"weight": weight, "shares": shares}
    meta |= {k: first.meta[k] for k in ("corpus", "counts", "spec") if k in first.meta}
    meta |= {
        "title": f"{args.model} of {', '.join(titles[:-1])} and {titles[-1]}",
        "command": " ".join(["python -m lm_core", *map(shlex.quote, args.argv)]),
        "seconds": round(seconds, 3),
        "metrics": {
            "validation": {
                "nats_per_token": score.nats_per_token,
                "tokens": score.tokens,
                "whole_split": score.whole,
            }
        },
    }
    save_checkpoint(out, mixture, first.tokenizer, meta)
    answer = {
        "out": str(out),
        "steps": 0,
        "tokens": data["validation"].predictions,
        "seconds": seconds,
        "train_nats": None,
        "validation_nats": score.nats_per_token,
        "parameters": mixture.n_parameters,
        "tokens_per_second": data["validation"].predictions / max(seconds, 1e-9),
        "device": "cpu",
        "threads": torch.get_num_threads(),
    }
    return answer, in_lines(answer)


def corpus_spec(args: argparse.Namespace, first: Checkpoint) -> CorpusSpec:
    """The text to fit on: what --corpus says, else what the first model learned from."""
    if args.corpus is None:
        return text_of(first.meta)
    return file_or_name(args)


def _encoded(spec: CorpusSpec, first: Checkpoint) -> dict[str, Encoded]:
    fetch(spec.name)
    corpus = load_text(spec.as_read_by(first.tokenizer))
    tell(corpus.info.note)
    if not corpus.splits.get("validation"):
        raise BadSettings("This text has no validation split: name one with --validation FILE.")
    return encode_corpus(corpus, first.tokenizer)
