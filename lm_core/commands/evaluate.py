"""`evaluate`: score a split of a corpus, or a file."""

import argparse
import math
from dataclasses import replace
from typing import Any

import torch

from lm_core.checkpoints import Checkpoint, load_checkpoint, task_from
from lm_core.commands import Answer, fetch, in_lines, looks_like_file, tell
from lm_core.corpora import AnyCorpus, CorpusInfo, corpora
from lm_core.corpora.corpus import Numbers
from lm_core.corpora.load import load_corpus
from lm_core.corpora.own import open_file, own_corpus, read_file
from lm_core.corpora.own_kind import corpus_of, whole_of
from lm_core.encoded import Encoded, encode_documents
from lm_core.errors import BadCheckpoint, BadSettings
from lm_core.evaluation import evaluate as score_text
from lm_core.machine import most_threads
from lm_core.models.contract import NO_NUMBERS, Model
from lm_core.runs.prepare import load_text
from lm_core.runs.spec import OWN_KINDS, RunSpec, text_of
from lm_core.tasks import SAID, tasks
from lm_core.tokenizers import Tokenizer
from lm_core.training.task import Task
from lm_core.training.threads import at_a_glance

NO_SPLIT = "This text has no {} split: choose another with --split."


def run(args: argparse.Namespace) -> Answer:
    """Score a split of a corpus, or a file."""
    torch.set_num_threads(at_a_glance(most_threads()))
    saved = load_checkpoint(args.folder)
    if not isinstance(saved.codec, Tokenizer):
        return _by_its_task(saved, args)
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
        corpus = _registered(saved, args)
        if corpus is None:
            data = text_of(saved.meta)
            fetch(data.name)
            corpus = load_text(data.as_read_by(saved.tokenizer))
            _check_kind(saved, corpus.info)
            tell(corpus.info.note)
        documents, items = _chosen(corpus, args.split), corpus.items
    if not documents:
        raise BadSettings(NO_SPLIT.format(args.split))
    tell(saved.tokenizer.cleans)
    return encode_documents(documents, saved.tokenizer, items=items, skip_unknown=True)


def _by_its_task(saved: Checkpoint, args: argparse.Namespace) -> Answer:
    """Of a model that learned something else than to write: the figures of its task. Those of
    running text are none."""
    task, data, rows = _task_data(saved, args)
    scored = task.evaluate(saved.model, data, args.split, limit=None)
    if math.isnan(scored.loss):
        raise BadCheckpoint(NO_NUMBERS)
    metrics = {task.judge: scored.loss, **scored.metrics}
    read = tasks[saved.task].build.reads  # numbers have no tokens
    unknown = sum(map(saved.codec.count_unknown, rows)) if read else None
    found = {
        "nats_per_token": scored.loss,
        "perplexity": scored.metrics.get("perplexity"),
        "tokens": scored.targets,
        "split": args.split,
        "unknown_tokens": unknown,
    }
    lines = in_lines(metrics | {name: found[name] for name in ("tokens", "split")})
    if found["unknown_tokens"]:
        lines += in_lines({"unknown_tokens": found["unknown_tokens"]})
    of_text = ("bits_per_byte", "bits_per_character", "characters", "bytes", "tokenizer")
    of_text += ("skipped_characters", "skipped_bytes", "withheld")
    return found | dict.fromkeys(of_text) | {"metrics": metrics}, lines


def _task_data(saved: Checkpoint, args: argparse.Namespace) -> tuple[Task, dict[str, Any], Any]:
    """Its task, the data, and the examples that they were encoded from."""
    task = task_from(saved.meta).knowing(saved.codec)
    corpus = _corpus(saved, args)
    tell(corpus.info.note)
    rows = _chosen(corpus, args.split)
    if isinstance(corpus, Numbers):  # one part may be scaled by another
        return task, task.encode(corpus, saved.codec), rows
    return task, task.encode(replace(corpus, splits={args.split: rows}), saved.codec), rows


def losses(saved: Checkpoint, models: list[Model], split: str) -> list[float]:
    """What each of `models`, which have the codec and the task of `saved`, loses on a split of the
    text that `saved` learned from: nats per token, or what its task judges by.

    Raises:
        LabError: as the command.
    """
    torch.set_num_threads(at_a_glance(most_threads()))
    args = argparse.Namespace(corpus=None, items=False, split=split)
    if isinstance(saved.codec, Tokenizer):
        encoded = _encoded(saved, args)
        return [score_text(model, encoded).nats_per_token for model in models]
    task, data, _ = _task_data(saved, args)
    return [task.evaluate(model, data, split, limit=None).loss for model in models]


def _corpus(saved: Checkpoint, args: argparse.Namespace) -> AnyCorpus | Numbers:
    """What is to be scored by a task of its own.

    Raises:
        BadSettings: it is not of the kind that the model learned from.
    """
    spec = RunSpec.from_dict(saved.meta.get("spec", {}), trusted=True)
    if args.corpus and looks_like_file(args.corpus):
        kind = tasks[saved.task].build.kinds[0]
        if kind not in OWN_KINDS:
            raise BadSettings(f"No file holds {kind}: give --corpus a name, or leave it out.")
        own, read = open_file(args.corpus), whole_of if args.split == "all" else corpus_of
        form = "" if spec.data.form == "none" else spec.data.form
        return read(kind, own.text, title=own.title, note=own.told, form=form)
    found = _registered(saved, args)
    if found is None:
        data = text_of(saved.meta)
        fetch(data.name)
        found = load_text(data)
        _check_kind(saved, found.info)
    return found


def _registered(saved: Checkpoint, args: argparse.Namespace) -> Any:
    """The corpus that --corpus names; None where it was not given.

    Raises:
        BadSettings: as `_corpus`.
    """
    if not args.corpus:
        return None
    _check_kind(saved, corpora[args.corpus].extra["info"])
    fetch(args.corpus)
    return load_corpus(args.corpus)


def _check_kind(saved: Checkpoint, info: CorpusInfo) -> None:
    task = tasks[saved.task]
    if info.kind not in task.build.kinds:
        wanted = " or ".join(SAID.get(kind, kind) for kind in task.build.kinds)
        raise BadSettings(
            f"{saved.folder.name} learned {task.title.lower()} and is scored by {wanted}, while "
            f"{info.title} is {SAID.get(info.kind, info.kind)}: choose another --corpus."
        )


def _chosen(corpus: Any, split: str) -> Any:
    """The documents, or examples, of a split or of all.

    Raises:
        BadSettings: there are none.
    """
    if split == "all" and isinstance(corpus, Numbers):
        raise BadSettings("--split all is for texts: choose train, validation or test.")
    if split == "all":
        return [one for part in corpus.splits.values() for one in part]
    if not corpus.splits.get(split):
        raise BadSettings(NO_SPLIT.format(split))
    return corpus.splits[split]
