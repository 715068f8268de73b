"""`translate`: let a model turn texts into others, and score what it wrote against a reference."""

import argparse
import time
from collections.abc import Sequence

import numpy as np
import torch

from lm_core.checkpoints import Checkpoint, load_checkpoint
from lm_core.codecs import PairCodec
from lm_core.commands import Answer, in_lines, say, tell
from lm_core.corpora.own import read_file
from lm_core.errors import BadSettings, BadText, ContextTooLong, Unsupported
from lm_core.evaluation.translation import scores
from lm_core.figures import percent
from lm_core.generation.beam import MOST_TOKENS
from lm_core.generation.translating import translate
from lm_core.tasks import tasks

ROOM, AT_LEAST = 3, 50  # tokens of a target for each of its source, and beside them


def run(args: argparse.Namespace) -> Answer:
    """Turn texts into others, and score them where it is said what is right."""
    saved = load_checkpoint(args.folder)
    codec = saved.codec
    if not isinstance(codec, PairCodec):
        raise Unsupported(
            f"{saved.folder.name} learned {tasks[saved.task].title.lower()} and does not "
            "translate: name a model that learned pairs, with train --task translation."
        )
    torch.set_num_threads(1)  # one token at a time: more threads only wait for each other
    sources = [args.text] if args.file is None else lines_of(args.file)
    if args.file is None and not args.text.strip():
        raise BadSettings("--text is empty: give a text to translate.")
    right = None if args.reference is None else lines_of(args.reference)
    if right is not None and len(right) != len(sources):
        raise BadText(
            f"The reference has {len(right)} lines for {len(sources)} texts: give one for each."
        )
    began = time.perf_counter()
    texts = _translated(saved, codec, sources, args)
    answer = {"texts": texts, "seconds": time.perf_counter() - began}
    if right is None:
        return answer, texts
    told = scores(texts, right)
    bleu = told.bleu if told.bleu_possible else float("nan")
    scored = {"bleu": bleu, "chrf": told.chrf, "signature": told.bleu_signature}
    lines = [*texts, *in_lines(scored)]
    if not told.bleu_possible:
        lines.append(
            "No reference has four tokens, which BLEU counts runs of: of these "
            f"{told.count} texts {percent(told.exact_match)} are right to the letter."
        )
    return answer | scored, lines


def lines_of(path: str) -> list[str]:
    """A text a line, empty ones too.

    Raises:
        BadText, BadPath: as `read_file`.
    """
    own = read_file(path)
    tell(own.told)
    return own.text.removesuffix("\n").split("\n")


def _translated(
    saved: Checkpoint, codec: PairCodec, sources: Sequence[str], args: argparse.Namespace
) -> list[str]:
    rows = codec.source.encode_many(sources, skip_unknown=True)
    most = saved.model.context_size
    for number, row in enumerate(rows, start=1):
        if most is not None and len(row) > most:
            raise ContextTooLong(
                f"Line {number} has {len(row)} tokens and this model reads {most} at once: cut it "
                "in two, or train with a larger block_size."
            )
    room = min(MOST_TOKENS, AT_LEAST + ROOM * max(map(len, rows), default=0))
    asked = [n for n, row in enumerate(rows) if len(row)]  # of nothing nothing is written
    found = translate(
        saved.model,
        [rows[n] for n in asked],
        boundary_id=codec.target.boundary_id,
        max_tokens=room,
        beam=args.beam,
        length_penalty=args.length_penalty,
    )
    if unread := _unread(codec, sources, rows):
        say(unread)
    texts = [""] * len(rows)
    for n, one in zip(asked, found, strict=True):
        texts[n] = codec.target.decode(one.ids)
    return texts


def _unread(codec: PairCodec, sources: Sequence[str], rows: Sequence[np.ndarray]) -> str:
    """A sentence where the model does not know all of it, else ""."""
    reader = codec.source
    if reader.unknown_id is None:
        left = sum(reader.untold(*one).total() for one in zip(sources, rows, strict=True))
        return f"{left} characters it never learned are left out." if left else ""
    unknown, of = sum(map(reader.count_unknown, sources)), sum(map(len, rows))
    return f"{unknown} of {of} tokens it never learned: it reads <unk> there." if unknown else ""
