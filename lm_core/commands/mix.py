"""`train --model mixture` with two checkpoint folders as its parts: nothing is trained but the
weight, which is fitted on the validation split."""

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
from lm_core.models.contract import NO_NUMBERS
from lm_core.models.mixture import Mixture
from lm_core.runs.prepare import load_text
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.training.threads import at_a_glance

PARTS = ("model.first", "model.second")


def folders(args: argparse.Namespace) -> tuple[Path, Path] | None:
    """The two checkpoints that `--set model.first=FOLDER` and the like name, if they do.

    Raises:
        BadSettings: only one of them is a folder.
        BadPath: as `typed_path`.
    """
    given = dict(text.partition("=")[::2] for text in args.set)
    found = [typed_path(given.get(name, "")) for name in PARTS]
    are = [bool(given.get(name)) and path.is_dir() for name, path in zip(PARTS, found, strict=True)]
    if args.model != "mixture" or not any(are):
        return None
    if not all(are) or len(given) > 2:
        raise BadSettings(
            "A mixture of trained models takes two checkpoint folders and no other --set: "
            "--set model.first=FOLDER --set model.second=FOLDER."
        )
    return found[0], found[1]


def run(args: argparse.Namespace, parts: tuple[Path, Path]) -> Answer:
    """Mix two trained models; answers as `train` does."""
    takes = {"model", "set", "corpus", "out", "threads", "json"}
    takes |= {"validation", "items"} if args.corpus else set()
    if other := [name for name in args.given if name not in takes]:
        raise BadSettings(f"Mixing trained models trains nothing: leave out --{other[0]}.")
    first, second = map(load_checkpoint, parts)
    if not first.tokenizer.cuts_like(second.tokenizer):
        raise BadSettings(
            f"{parts[0].name} and {parts[1].name} cut text into different tokens: mix two that "
            "were trained with the same tokenizer on the same text."
        )
    device = choose_device("cpu", args.threads)
    torch.set_num_threads(device.threads if device.chosen else at_a_glance(device.threads))
    began = time.perf_counter()
    mixture = Mixture.of(first.model, second.model).eval()
    spec = corpus_spec(args, first)
    out = Path(args.out or f"runs/{spec.name}-mixture-{parts[0].name}-{parts[1].name}")
    check_replaceable(out)
    data = _encoded(spec, first)
    weight = fit_weight(mixture, data["validation"])
    say(f"weight of {parts[0].name}: {weight:.3f}")
    score = evaluate(mixture, data["validation"])
    if math.isnan(score.nats):
        raise BadCheckpoint(NO_NUMBERS)
    seconds = time.perf_counter() - began
    meta: dict[str, Any] = {"weight": weight}
    meta |= {k: first.meta[k] for k in ("corpus", "counts", "spec") if k in first.meta}
    meta |= {
        "title": f"mixture of {first.title} and {second.title}",
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
        return RunSpec.from_dict(first.meta.get("spec", {}), trusted=True).data
    return file_or_name(args)


def _encoded(spec: CorpusSpec, first: Checkpoint) -> dict[str, Encoded]:
    fetch(spec.name)
    corpus = load_text(spec.as_read_by(first.tokenizer))
    tell(corpus.info.note)
    if not corpus.splits.get("validation"):
        raise BadSettings("This text has no validation split: name one with --validation FILE.")
    return encode_corpus(corpus, first.tokenizer)
