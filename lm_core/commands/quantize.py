"""`quantize`: the same model with fewer bits for each weight, in a folder of its own."""

import argparse
import math
import shlex
from pathlib import Path
from typing import Any

from lm_core.checkpoints import (
    WEIGHTS,
    Checkpoint,
    check_replaceable,
    load_checkpoint,
    save_checkpoint,
)
from lm_core.commands import Answer, evaluate, say
from lm_core.errors import BadCheckpoint, BadSettings, LabError
from lm_core.models.contract import NO_NUMBERS, Model
from lm_core.quantize.measuring import writing_speeds
from lm_core.quantize.whole import Stored, quantize
from lm_core.runs.starting import in_one

SPLIT = "validation"
KEPT = ("corpus", "counts", "spec", "task", "step", "tokens")  # of the card, which stays true


def run(args: argparse.Namespace) -> Answer:
    """Quantize, measure both, and keep what is smaller."""
    saved, out = in_one(load_checkpoint(args.folder)), Path(args.out)
    if saved.meta.get("quantized"):
        raise BadCheckpoint(
            f"{saved.folder.name} is quantized already: give the model that it was made from."
        )
    if out.resolve() == saved.folder.resolve():
        raise BadSettings("--out is the folder of the model itself: name another one.")
    check_replaceable(out)
    stored = quantize(saved.model, args.scheme, args.only)
    models = [saved.model, stored.model(saved.model)]
    nats, why = _losses(saved, models)
    writes = saved.model.causal
    speeds = writing_speeds(models) if writes else [None, None]
    meta = _card(saved, stored, nats[1], args.argv)
    save_checkpoint(out, models[1], saved.codec, meta, quantized=stored)
    file = out / WEIGHTS
    answer = {
        "out": str(out),
        "bytes": file.stat().st_size,
        "bits_per_weight": stored.bits_per_weight,
        "nats_before": nats[0],
        "nats_after": nats[1],
        "tokens_per_second_before": speeds[0],
        "tokens_per_second_after": speeds[1],
    }
    scored = why or f"{SPLIT}: {nats[0]:.4f} nats, quantized {nats[1]:.4f}"
    lines = [
        f"{file}  {answer['bytes']:,} bytes, {stored.bits_per_weight:.3f} bits per weight",
        f"{stored.scheme.title}: {len(stored.parts)} matrices ({args.only})",
        scored,
    ]
    if writes:
        lines.append(f"one text, one thread: {speeds[0]:,.0f} tokens/s, quantized {speeds[1]:,.0f}")
    return answer, lines


def _losses(saved: Checkpoint, models: list[Model]) -> tuple[list[float | None], str]:
    """Of both; none, and why, where the text is not at hand."""
    say(f"scoring the {SPLIT} split ...")
    try:
        found = evaluate.losses(saved, models, SPLIT)
    except LabError as error:
        return [None, None], f"Not scored: {error}"
    if any(map(math.isnan, found)):
        raise BadCheckpoint(NO_NUMBERS)
    return found, ""


def _card(saved: Checkpoint, stored: Stored, nats: float | None, argv: list[str]) -> dict[str, Any]:
    """What the folder says of itself: figures of the float32 model are not its own."""
    card: dict[str, Any] = {name: saved.meta[name] for name in KEPT if name in saved.meta}
    tokens = saved.meta.get("counts", {}).get(SPLIT, {}).get("tokens")
    if nats is not None and tokens is not None:
        card["metrics"] = {
            SPLIT: {"nats_per_token": nats, "tokens": tokens, "whole_split": True},
        }
    return card | {
        "title": f"{saved.title}, {stored.scheme.name}",
        "command": " ".join(["python -m lm_core", *map(shlex.quote, argv)]),
    }
