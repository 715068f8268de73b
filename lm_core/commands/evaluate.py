"""`evaluate`: score a split of a corpus, or a file."""

import argparse
import math

import torch

from lm_core.checkpoints import Checkpoint, load_checkpoint
from lm_core.commands import Answer, fetch, in_lines, looks_like_file, tell
from lm_core.corpora.load import load_corpus
from lm_core.corpora.own import own_corpus, read_file
from lm_core.encoded import Encoded, encode_documents
from lm_core.errors import BadCheckpoint, BadSettings
from lm_core.evaluation import evaluate as score_text
from lm_core.machine import cores
from lm_core.models.contract import NO_NUMBERS
from lm_core.runs.prepare import load_text
from lm_core.runs.spec import RunSpec
from lm_core.training.threads import at_a_glance


def run(args: argparse.Namespace) -> Answer:
    """Score a split of a corpus, or a file."""
    torch.set_num_threads(at_a_glance(cores()))
    saved = load_checkpoint(args.folder)
    encoded = _encoded(saved, args)
    score = score_text(saved.model, encoded)
    if math.isnan(score.nats):
        raise BadCheckpoint(NO_NUMBERS)
    answer = {
        "nats_per_token": score.nats_per_token,
        "perplexity": score.perplexity,
        "bits_per_byte": score.bits_per_byte,
        "bits_per_character": score.bits_per_character,
        "tokens": score.tokens,
        "characters": score.characters,
        "bytes": score.bytes,
        "split": args.split,
        "tokenizer": saved.tokenizer.name,
        "unknown_tokens": encoded.unknown,
        "skipped_characters": score.skipped_characters,
        "skipped_bytes": score.skipped_bytes,
        "withheld": score.withheld,
    }
    lines = in_lines(answer)
    answer["metrics"] = {"nats": score.nats_per_token, "perplexity": score.perplexity}
    if math.isinf(score.nats):
        lines.append("The model holds something in this text to be impossible (probability 0).")
    return answer, lines


def _encoded(saved: Checkpoint, args: argparse.Namespace) -> Encoded:
    if args.corpus and looks_like_file(args.corpus):
        items = args.items or saved.items
        own = read_file(args.corpus)
        tell(own.told)
        if args.split == "all":
            documents = own.items if items else [own.text]
        else:
            corpus = own_corpus(own.text, title=own.title, items=items, form=saved.tokenizer.form)
            documents, items = corpus.splits[args.split], corpus.items
    else:
        if args.corpus:
            fetch(args.corpus)
            corpus = load_corpus(args.corpus)
        else:
            spec = RunSpec.from_dict(saved.meta.get("spec", {}), trusted=True)
            fetch(spec.data.name)
            corpus = load_text(spec.data.as_read_by(saved.tokenizer))
            tell(corpus.info.note)
        splits = corpus.splits.values() if args.split == "all" else [corpus.splits[args.split]]
        documents, items = [d for split in splits for d in split], corpus.items
    if not documents:
        raise BadSettings(f"This text has no {args.split} split: choose another with --split.")
    return encode_documents(documents, saved.tokenizer, items=items, skip_unknown=True)
