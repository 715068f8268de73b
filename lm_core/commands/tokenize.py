"""`tokenize`: a text as the tokens of a tokenizer, learned from a text or GPT-2's own."""

import argparse
from typing import Any

from lm_core.commands import Answer, fetch, file_or_name, tell
from lm_core.errors import BadSettings
from lm_core.runs.prepare import load_text
from lm_core.settings import Settings
from lm_core.tokenizers import Tokenizer, tokenizers
from lm_core.tokenizers.cuts import cut
from lm_core.tokenizers.gpt2 import gpt2
from lm_core.tokenizers.tokenizer import learned_from


def run(args: argparse.Namespace) -> Answer:
    """Every token of a text with its id, and whether the text comes back."""
    if not args.text:
        raise BadSettings("--text is empty: give some text to cut.")
    tokenizer = _learned(args) if args.corpus else _own(args)
    found = cut(tokenizer, args.text)
    rows = [{"text": t, "id": id} for t, id in zip(found.tokens, found.ids, strict=True)]
    answer: dict[str, Any] = {
        "tokens": rows,
        "vocab_size": tokenizer.vocab_size,
        "round_trip": found.round_trip,
        "unknown_tokens": found.unknown,
    }
    lines = [f"{row['text']:16} {row['id']:7}" for row in rows]
    lines.append(f"{len(rows)} tokens of {tokenizer.vocab_size:,}, {found.unknown} unknown")
    comes = "comes back exactly" if found.round_trip else f"comes back as {found.back!r}"
    lines.append(f"decoded, the text {comes}")
    return answer, lines


def _own(args: argparse.Namespace) -> Tokenizer:
    tokenizer = gpt2()
    if args.tokenizer != tokenizer.name:
        raise BadSettings(
            f"GPT-2 reads byte pairs: leave --tokenizer out, or give --tokenizer {tokenizer.name}."
        )
    if args.vocab_size is not None or args.items:
        raise BadSettings("--vocab-size and --items go with --corpus: GPT-2 has learned already.")
    return tokenizer


def _learned(args: argparse.Namespace) -> Tokenizer:
    data = file_or_name(args)
    if data.holds not in ("text", "items"):
        raise BadSettings(
            f"{args.corpus} holds {data.holds}: give a text or a list, as `corpora` names them."
        )
    fetch(data.name)
    corpus = load_text(data)
    tell(corpus.info.note)
    said = {"items": corpus.items, "form": corpus.info.form}
    return learned_from(args.tokenizer, _settings(args), corpus.splits, **said)


def _settings(args: argparse.Namespace) -> Settings:
    kind = tokenizers[args.tokenizer].settings
    if args.vocab_size is None:
        return kind()
    if "vocab_size" not in kind.labels():
        raise BadSettings(
            f"The tokenizer {args.tokenizer} has no size to choose: leave --vocab-size out."
        )
    return kind(vocab_size=args.vocab_size)
