"""`quantize`: the same model with fewer bits for each weight, in a folder of its own."""

import argparse
from dataclasses import replace
from pathlib import Path

import torch

from lm_core.charts.words import bytes_size
from lm_core.checkpoints import WEIGHTS, Checkpoint, load_checkpoint, save_checkpoint
from lm_core.commands import Answer, evaluate, say
from lm_core.errors import BadCheckpoint, BadSettings, LabError
from lm_core.quantize.choosing import ALL
from lm_core.quantize.measuring import writing_speeds
from lm_core.quantize.whole import quantize

SPLIT = "validation"


def run(args: argparse.Namespace) -> Answer:
    """Quantize, measure both, and keep what is smaller."""
    saved, out = load_checkpoint(args.folder), Path(args.out)
    if out.resolve() == Path(args.folder).resolve():
        raise BadSettings("--out is the folder of the model itself: name another one.")
    if saved.meta.get("quantized"):
        raise BadCheckpoint(
            f"{saved.folder.name} is quantized already: give the model that it comes from."
        )
    stored = quantize(saved.model, args.scheme, args.only)
    small = replace(saved, model=stored.model(saved.model))
    save_checkpoint(out, small.model, saved.codec, card(saved, args.argv), quantized=stored)
    size = (out / WEIGHTS).stat().st_size
    before, after, why = losses(saved, small)
    speeds = _speeds(saved, small)
    answer = {
        "out": str(out),
        "bytes": size,
        "bits_per_weight": stored.bits_per_weight,
        "nats_before": before,
        "nats_after": after,
        "tokens_per_second_before": speeds[0],
        "tokens_per_second_after": speeds[1],
    }
    lines = [
        f"{out / WEIGHTS}  {size:,} bytes, {stored.bits_per_weight:.3f} bits per weight",
        f"{stored.scheme.title}: {len(stored.parts)} matrices, {args.only}",
    ]
    lines += [why] if why else [f"{before:.4f} nats on {SPLIT}, {after:.4f} quantized"]
    if speeds[0] is not None:
        lines.append(f"{speeds[0]:,.0f} tokens/s, {speeds[1]:,.0f} quantized (one text, 1 thread)")
    return answer, lines
