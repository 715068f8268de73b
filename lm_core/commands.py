"""The commands that need torch: train, evaluate, generate, score, bench. See `cli.py`."""

import argparse
import math
import signal
import sys
import time
from pathlib import Path
from typing import Any

import torch

from lm_core.checkpoints import Checkpoint, load_checkpoint, load_training, save_checkpoint
from lm_core.corpora.load import load_corpus
from lm_core.corpora.own import own_corpus, read_file
from lm_core.device import DeviceChoice, choose_device
from lm_core.encoded import Encoded, encode_documents
from lm_core.errors import BadSettings, LabError
from lm_core.evaluation import evaluate as score_text
from lm_core.generation import SamplerSettings
from lm_core.generation.engine import continuation, prompt_ids
from lm_core.generation.engine import generate as write
from lm_core.runs.prepare import Prepared, load_text, prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.training import Budget, Control, Trainer
from lm_core.training.events import Evaluated, Failed, Finished, Step
from lm_core.training.resume import restore, training_tensors

Answer = tuple[dict[str, Any], list[str]]


def train(args: argparse.Namespace) -> Answer:
    """Train, save a checkpoint, score the whole validation split."""
    device = _device(args.device, args.threads)
    saved = load_checkpoint(args.resume) if args.resume else None
    spec = _spec(args, saved)
    prepared = prepare(spec)
    out = Path(args.out or args.resume or f"runs/{spec.corpus.name}-{spec.model_name}-{spec.id}")
    trainer = _trainer(prepared, saved, device)
    say(f"{prepared.model.n_parameters:,} parameters on {device}: {device.reason}")
    previous = signal.signal(signal.SIGINT, lambda *_: trainer.control.stop())
    try:
        end = _drive(trainer)
    finally:
        signal.signal(signal.SIGINT, previous)
    final = {
        split: trainer.evaluate(split, whole=split == "validation")
        for split in ("train", "validation")
        if split in trainer.data
    }
    nats = {f"{split}_nats": e.nats for split, e in final.items()}
    meta = prepared.card() | {
        "step": end.step,
        "tokens": end.tokens,
        "seconds": round(end.seconds, 3),
        "device": str(device),
        "torch": torch.__version__,
        "command": " ".join(["python -m lm_core", *map(_quoted, sys.argv[1:])]),
        "metrics": {
            split: {"nats_per_token": e.nats, "tokens": e.scored_tokens, "whole_split": e.whole}
            for split, e in final.items()
        },
    }
    save_checkpoint(
        out, trainer.model, prepared.tokenizer, meta, training=training_tensors(trainer)
    )
    answer = {
        "out": str(out),
        "steps": end.step,
        "tokens": end.tokens,
        "seconds": end.seconds,
        "train_nats": nats.get("train_nats"),
        "validation_nats": nats.get("validation_nats"),
        "parameters": trainer.model.n_parameters,
        "tokens_per_second": end.tokens / max(end.seconds, 1e-9),
        "device": device.device.type,
        "threads": device.threads,
    }
    return answer, [f"{key}: {value}" for key, value in answer.items()]


def _device(name: str, threads: int | None) -> DeviceChoice:
    device = choose_device(name, threads)
    torch.set_num_threads(device.threads)
    return device


def _spec(args: argparse.Namespace, saved: Checkpoint | None) -> RunSpec:
    """The run that the arguments ask for."""
    limits = {k: getattr(args, k) for k in ("steps", "tokens", "seconds")}
    limits = {k: v for k, v in limits.items() if v is not None}
    if saved is not None:
        data = dict(saved.meta.get("spec", {}))
        if limits:
            data["budget"] = Budget(**limits).to_dict()
        spec = RunSpec.from_dict(data, trusted=True)
    else:
        if not args.corpus or not args.model:
            raise BadSettings("train needs --corpus and --model (or --resume FOLDER).")
        corpus = CorpusSpec(name=args.corpus)
        if looks_like_file(args.corpus):
            corpus = CorpusSpec(
                name="file",
                file=args.corpus,
                validation=args.validation or "",
                items=args.items,
            )
        elif args.validation:
            raise BadSettings("--validation goes with a file as --corpus.")
        spec = default_spec(
            corpus,
            args.model,
            tokenizer=args.tokenizer,
            budget=Budget(**limits),
            seed=args.seed,
        )
    return spec.with_texts(dict(map(split_setting, args.set)))


def _trainer(prepared: Prepared, saved: Checkpoint | None, device: DeviceChoice) -> Trainer:
    spec = prepared.spec
    trainer = Trainer(
        prepared.model if saved is None else saved.model,
        prepared.data,
        settings=spec.train,
        budget=spec.budget,
        seed=spec.seed,
        device=device.device,
        control=Control(),
    )
    if saved is not None and trainer.optimizer is not None:
        restore(trainer, load_training(saved.folder), saved.meta)
    return trainer


def _drive(trainer: Trainer) -> Finished:
    """Run to the end, saying now and then how it goes."""
    said = 0.0
    for event in trainer.run():
        match event:
            case Step() if time.perf_counter() - said > 2:
                said = time.perf_counter()
                say(f"step {event.step}: {event.nats:.4f} nats, {event.tokens_per_second:,.0f} t/s")
            case Evaluated(split="validation"):
                say(f"step {event.step}: validation {event.nats:.4f} nats")
            case Failed():
                raise LabError(event.reason)
            case Finished():
                return event
    raise AssertionError("a training ends with Finished or Failed")


def evaluate(args: argparse.Namespace) -> Answer:
    """Score a split of a corpus, or a file."""
    saved = load_checkpoint(args.folder)
    encoded = _encoded(saved, args)
    score = score_text(saved.model, encoded)
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
    }
    return answer, [f"{key}: {value}" for key, value in answer.items()]


def _encoded(saved: Checkpoint, args: argparse.Namespace) -> Encoded:
    if args.corpus and looks_like_file(args.corpus):
        items = args.items or saved.items
        own = read_file(args.corpus)
        if args.split == "all":
            documents = items_of(own.text) if items else [own.text]
        else:
            corpus = own_corpus(own.text, title=own.title, items=items)
            documents, items = corpus.splits[args.split], corpus.items
    else:
        if args.corpus:
            corpus = load_corpus(args.corpus)
        else:
            spec = RunSpec.from_dict(saved.meta.get("spec", {}), trusted=True)
            corpus = load_text(spec.corpus)
        splits = corpus.splits.values() if args.split == "all" else [corpus.splits[args.split]]
        documents, items = [d for split in splits for d in split], corpus.items
    if not documents:
        raise BadSettings(f"This text has no {args.split} split: choose another with --split.")
    return encode_documents(documents, saved.tokenizer, items=items, skip_unknown=True)


def generate(args: argparse.Namespace) -> Answer:
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
    for written in write(
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


def score(args: argparse.Namespace) -> Answer:
    """Every token of a text with its log-probability, rank and the entropy of the guess."""
    saved = load_checkpoint(args.folder)
    ids = [int(i) for i in saved.tokenizer.encode(args.text)]
    if not ids:
        raise BadSettings("--text is empty: give some text to score.")
    ids = [saved.tokenizer.boundary_id, *ids]
    if saved.items:
        ids.append(saved.tokenizer.boundary_id)
    with torch.inference_mode():
        logits, _ = saved.model(torch.tensor(ids[:-1]).view(1, -1))
    logp = logits[0].double().log_softmax(-1)  # (T, V)
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
    return {"tokens": rows, "nats": nats}, [*lines, f"{nats:.4f} nats"]


def bench(args: argparse.Namespace) -> Answer:
    """Everything this machine can measure of itself."""
    from lm_core.bench import run_bench

    return run_bench(args.what, say)


def items_of(text: str) -> list[str]:
    """The lines of a file that are not blank."""
    return [line for line in map(str.strip, text.split("\n")) if line]


def say(text: str) -> None:
    """Progress, for people."""
    print(text, file=sys.stderr, flush=True)


def split_setting(text: str) -> tuple[str, str]:
    """`model.n_layer=4` -> its two sides."""
    name, equals, value = text.partition("=")
    if not equals:
        raise BadSettings(f"--set takes NAME=VALUE, not {text!r}.")
    return name, value


def looks_like_file(corpus: str) -> bool:
    """A path, rather than the name of a corpus."""
    return Path(corpus).exists() or any(mark in corpus for mark in "/\\.")


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)
