"""`generate`: let a model write, all at once or token by token."""

import argparse
import dataclasses
import sys
import time

import torch

from lm_core.checkpoints import Checkpoint, load_checkpoint
from lm_core.commands import Answer, tell
from lm_core.generation import SamplerSettings, generate
from lm_core.generation.beam import beam_search
from lm_core.generation.engine import continuation, growing, prompt_ids
from lm_core.generation.stopping import shortened, until
from lm_core.tokenizers import Tokenizer


def run(args: argparse.Namespace) -> Answer:
    """Write, all at once or token by token."""
    saved = load_checkpoint(args.folder)
    torch.set_num_threads(1)  # one token at a time: more threads only wait for each other
    given = {f.name: getattr(args, f.name) for f in dataclasses.fields(SamplerSettings)}
    given |= {"temperature": 0.0} if args.greedy else {}
    sampler = SamplerSettings(**{name: value for name, value in given.items() if value is not None})
    if args.prompt:
        tell(saved.tokenizer.cleans)
    ids = prompt_ids(saved.tokenizer, args.prompt, items=saved.items)
    if args.beam is not None:
        return _beams(args, saved, ids)
    began, first = time.perf_counter(), None
    written = generate(
        saved.model,
        ids,
        max_tokens=args.max_tokens,
        sampler=sampler,
        samples=args.samples,
        seed=args.seed,
    )
    screen = _Stream(saved.tokenizer, args.prompt) if args.stream else None
    rows: list[list[int]] = []
    grown = growing(written, end=saved.tokenizer.boundary_id if saved.items else None)
    for rows in until(grown, saved.tokenizer, args.stop):
        first = first or time.perf_counter() - began
        if screen:
            screen.show(rows[0])
    seconds = time.perf_counter() - began
    if screen:
        screen.close(rows[0])
    return _answer(args, saved, rows, seconds, first)


def _beams(args: argparse.Namespace, saved: Checkpoint, ids: list[int]) -> Answer:
    """The likeliest texts, as many as samples were asked for."""
    began = time.perf_counter()
    found = beam_search(
        saved.model,
        ids,
        width=args.beam,
        max_tokens=args.max_tokens,
        length_penalty=args.length_penalty,
        end=saved.tokenizer.boundary_id if saved.items else None,
    )
    seconds = time.perf_counter() - began
    rows = [beam.ids for beam in found[: args.samples]]
    return _answer(args, saved, rows, seconds, seconds)


def _answer(
    args: argparse.Namespace,
    saved: Checkpoint,
    rows: list[list[int]],
    seconds: float,
    first: float | None,
) -> Answer:
    continued = [continuation(saved.tokenizer, args.prompt, row) for row in rows]
    texts = [args.prompt + shortened(text, args.stop) for text in continued]
    tokens = sum(map(len, rows))
    answer = {
        "texts": texts,
        "tokens": tokens,
        "seconds": seconds,
        "tokens_per_second": tokens / seconds,
        "first_token_seconds": first,
    }
    return answer, texts


class _Stream:
    """The first sample on standard error, while it grows."""

    BEFORE = 8  # tokens decoded again: a space or a letter in several bytes may hang on them

    def __init__(self, tokenizer: Tokenizer, prompt: str) -> None:
        self.tokenizer, self.prompt, self.shown = tokenizer, prompt, 0
        print(prompt, end="", file=sys.stderr, flush=True)

    def show(self, row: list[int]) -> None:
        """Print what is new; half a letter waits for its other half."""
        new = self._new(row)
        if len(row) > self.shown and not new.endswith("\ufffd"):
            print(new, end="", file=sys.stderr, flush=True)
            self.shown = len(row)

    def close(self, row: list[int]) -> None:
        print(self._new(row) if len(row) > self.shown else "", file=sys.stderr, flush=True)

    def _new(self, row: list[int]) -> str:
        if self.shown == 0:
            return continuation(self.tokenizer, self.prompt, row)
        begin = max(0, self.shown - self.BEFORE)
        old = self.tokenizer.decode(row[begin : self.shown])
        return self.tokenizer.decode(row[begin:])[len(old) :]
