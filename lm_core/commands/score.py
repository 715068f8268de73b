"""`score`: every token of a text with its log-probability, rank and the entropy of the guess."""

import argparse
import math

import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.commands import Answer, tell
from lm_core.errors import BadSettings
from lm_core.models.contract import numbers_only


def run(args: argparse.Namespace) -> Answer:
    """Every token of a text with its log-probability, rank and the entropy of the guess."""
    saved = load_checkpoint(args.folder)
    tell(saved.tokenizer.cleans)
    read = saved.tokenizer.encode(args.text)
    if not len(read):
        raise BadSettings("--text is empty: give some text to score.")
    skipped = saved.tokenizer.untold(args.text, read).total()
    ids = [saved.tokenizer.boundary_id, *read.tolist()]
    if saved.items:
        ids.append(saved.tokenizer.boundary_id)
    idx, targets = (torch.tensor(part).view(1, -1) for part in (ids[:-1], ids[1:]))
    with torch.inference_mode():
        if saved.model.causal:
            logits, _ = saved.model(idx)
        else:  # each token is guessed from both sides, while it is hidden
            logits = saved.model.guesses(idx, targets)
    logp = numbers_only(logits[0]).double().log_softmax(-1)  # (T, V)
    rows = []
    for t, id in enumerate(ids[1:]):
        row = logp[t]
        rows.append(
            {
                "text": saved.tokenizer.token_text(id),
                "id": id,
                "logprob": float(row[id]),
                "rank": int((row > row[id]).sum()) + 1,
                "entropy": float(-(row.exp() * row.clamp(min=-1e30)).sum()),
            }
        )
    nats = -math.fsum(r["logprob"] for r in rows)
    lines = [f"{r['text']:12} {r['logprob']:9.4f}  rank {r['rank']}" for r in rows]
    lines.append(f"{nats:.4f} nats" if math.isfinite(nats) else "infinite: one was held impossible")
    if skipped:
        lines.append(
            f"{skipped} of the {len(args.text)} characters are not told by these tokens (in an "
            "unknown word, or folded): they cost nothing here."
        )
    return {"tokens": rows, "nats": nats, "skipped_characters": skipped}, lines
