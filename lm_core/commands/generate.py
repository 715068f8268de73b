"""`generate`: let a model write, all at once or token by token."""

import argparse
import sys
import time

import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.commands import Answer
from lm_core.generation import SamplerSettings, generate
from lm_core.generation.engine import continuation, prompt_ids


def run(args: argparse.Namespace) -> Answer:
    """Write, all at once or token by token."""
    saved = load_checkpoint(args.folder)
    torch.set_num_threads(1)  # one token at a time: more threads only wait for each other
    sampler = SamplerSettings(
        temperature=0.0 if args.greedy else args.temperature,
        top_k=args.top_k,
        top_p=args.top_p,
        min_p=args.min_p,
    )
    ids = prompt_ids(saved.tokenizer, args.prompt, items=saved.items)
    began, first = time.perf_counter(), None
    rows: list[list[int]] = [[] for _ in range(args.samples)]
    open_rows = set(range(args.samples))
    if args.stream:
        print(args.prompt, end="", file=sys.stderr)
    for written in generate(
        saved.model,
        ids,
        max_tokens=args.max_tokens,
        sampler=sampler,
        samples=args.samples,
        seed=args.seed,
    ):
        first = first or time.perf_counter() - began
        for b in sorted(open_rows):
            id = int(written.ids[b])
            if saved.items and id == saved.tokenizer.boundary_id:
                open_rows.discard(b)
            else:
                rows[b].append(id)
        if args.stream and 0 in open_rows:
            print(saved.tokenizer.decode(rows[0][-1:]), end="", file=sys.stderr, flush=True)
        if not open_rows:
            break
    seconds = time.perf_counter() - began
    if args.stream:
        print(file=sys.stderr)
    texts = [args.prompt + continuation(saved.tokenizer, args.prompt, row) for row in rows]
    tokens = sum(map(len, rows))
    answer = {
        "texts": texts,
        "tokens": tokens,
        "seconds": seconds,
        "tokens_per_second": tokens / seconds,
        "first_token_seconds": first,
    }
    return answer, texts
