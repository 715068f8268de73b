"""From a spec to things: text, tokenizer, ids, an untrained model.

A trained tokenizer and the ids are kept in the lab's home folder, so that the second run on the
same text begins at once. Where the home cannot be written, everything is made anew each time.
"""

import contextlib
import hashlib
import json
import math
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from lm_core import __version__
from lm_core.checkpoints import Checkpoint
from lm_core.corpora import Corpus, CorpusInfo, corpora
from lm_core.corpora.load import load_corpus, origin
from lm_core.corpora.own import load_own, own_corpus, read_file
from lm_core.encoded import Encoded, encode_corpus
from lm_core.errors import BadCheckpoint, LabError
from lm_core.home import home_folder, make_folder
from lm_core.json_files import dumps
from lm_core.models.building import build_model
from lm_core.models.contract import LanguageModel, Model
from lm_core.runs.beginning import begin, check_beginning
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.tasks import task_of
from lm_core.tasks.samples import Pieces
from lm_core.tokenizers import Tokenizer, load_tokenizer, tokenizers
from lm_core.training.estimate import check
from lm_core.training.task import Task

KEPT = 24  # prepared texts in the home folder; the oldest go first


@dataclass(frozen=True)
class Prepared:
    """Everything a Trainer needs."""

    spec: RunSpec
    info: CorpusInfo
    tokenizer: Tokenizer
    data: dict[str, Encoded]
    model: LanguageModel
    task: Task
    begun: str = ""  # with which weights, in words, where they are not random

    def writer(self, seed: int = 0) -> Callable[[Model, float], tuple[str, Pieces]]:
        """A function that shows what the model does now, in so many seconds, about: a text and its
        pieces, as the task's `preview` gives them."""

        def write(model: Model, seconds: float = math.inf) -> tuple[str, Pieces]:
            return self.task.preview(model, self.tokenizer, self.data, seed=seed, seconds=seconds)

        return write

    def titled(self, title: str) -> "Prepared":
        """The same, of a text with another title."""
        return replace(self, info=replace(self.info, title=title))

    def card(self) -> dict[str, Any]:
        """What a checkpoint's card says of the text, the split and the spec."""
        info = self.info
        return {
            "title": f"{self.spec.model_name} on {info.title}",
            "corpus": {
                "name": info.name,
                "title": info.title,
                "licence": info.licence,
                "source": info.source,
                "items": info.kind == "items",
                "split": info.split_rule,
            },
            "counts": {split: e.counts() for split, e in self.data.items()},
            "spec": self.spec.to_dict(),
        }

    def check_same_text(self, saved: Checkpoint) -> None:
        """Training may go on from `saved` only over the text it began with.

        Raises:
            BadCheckpoint: the text has changed since.
        """
        same_ids = saved.tokenizer.cuts_like(self.tokenizer)
        was, is_now = saved.meta.get("counts"), self.card()["counts"]
        if not same_ids or not isinstance(was, dict) or _sizes(was) != _sizes(is_now):
            raise BadCheckpoint(
                f"The text has changed since {saved.folder.name} was made: start a new run."
            )


def _sizes(counts: dict[str, dict[str, int]]) -> dict[str, list[int | None]]:
    """What every card says of its splits; older ones say no more."""
    said = ("tokens", "characters", "bytes")
    return {split: [counted.get(name) for name in said] for split, counted in counts.items()}


def prepare(spec: RunSpec) -> Prepared:
    """Load, tokenize and encode the text, and build the model, all from the spec's seed.

    Raises:
        LabError: whatever is wrong with the text or the settings, as a sentence.
    """
    check_beginning(spec)
    key = _key(spec)
    kept = _read_kept(key) if key else None
    if kept is None:
        corpus = load_text(spec.corpus)
        texts = corpus.splits["train"]
        if spec.tokenizer_name == "char":  # the alphabet is that of the whole text
            texts = [text for split in corpus.splits.values() for text in split]
        entry = tokenizers[spec.tokenizer_name]
        tokenizer = entry.build.train(
            texts, spec.tokenizer, items=corpus.items, form=corpus.info.form
        )
        kept = corpus.info, tokenizer, encode_corpus(corpus, tokenizer)
        if key := _key(spec):  # its text may have been fetched just now
            _keep(key, *kept)
    info, tokenizer, data = kept
    check(spec.model_name, spec.model, tokenizer.vocab_size, spec.train, longest=longest(data))
    model = build_model(spec.model_name, spec.model.to_dict(), tokenizer.vocab_size, seed=spec.seed)
    begun = begin(model, tokenizer, spec, data["train"])
    task = task_of(spec.model_name)
    return Prepared(spec, info, tokenizer, data, model, task, begun)


def longest(data: dict[str, Encoded]) -> int:
    """Tokens of the longest row that a model can be given to learn from."""
    train = data["train"]
    ends = torch.cat([train.starts[1:], torch.tensor([len(train.ids)])])
    return int((ends - train.starts).max())


def load_text(spec: CorpusSpec) -> Corpus:
    """The corpus a spec names: registered, the visitor's own, or a file."""
    if spec.name == "own":
        return load_own(spec.text)
    if spec.name == "file":
        text = read_file(spec.file)
        held = read_file(spec.validation) if spec.validation else None
        return own_corpus(
            text.text,
            title=text.title,
            items=spec.items,
            validation=held.text if held else None,
            form="" if spec.form == "none" else spec.form,
            note=" ".join(read.told for read in (text, held) if read and read.note),
        )
    return load_corpus(spec.name)


def _key(spec: RunSpec) -> str | None:
    """Name of the kept copy, made of all that decides the ids: the text and where it comes from,
    the tokenizer and what it is made with. None for a text that is not here, and for files, which
    may change behind our back."""
    if spec.corpus.name not in ("own", *corpora.names()):
        return None
    source = [] if spec.corpus.name == "own" else origin(spec.corpus.name)
    if not all(source):
        return None
    parts = spec.to_dict()
    packages = [version(name) for name in tokenizers[spec.tokenizer_name].build.packages]
    made_of = [__version__, parts["corpus"], source, parts["tokenizer"], packages]
    text = dumps(made_of, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def forget(corpus: str) -> None:
    """Remove the kept copies of a text, by the name of its corpus."""
    for path in (home_folder() / "prepared").glob("*.json"):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            if json.loads(path.read_text(encoding="utf-8"))["info"]["name"] == corpus:
                path.with_suffix(".safetensors").unlink(missing_ok=True)
                path.unlink()


def _read_kept(key: str) -> tuple[CorpusInfo, Tokenizer, dict[str, Encoded]] | None:
    path = home_folder() / "prepared" / f"{key}.safetensors"
    try:
        meta = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        tensors = load_file(path)
        data = {
            split: Encoded(
                tensors[f"{split}.ids"].long(), tensors[f"{split}.starts"], **meta["splits"][split]
            )
            for split in meta["splits"]
        }
        os.utime(path)
        return CorpusInfo(**meta["info"]), load_tokenizer(meta["tokenizer"]), data
    except (OSError, ValueError, KeyError, TypeError, SafetensorError, LabError):
        return None  # absent or damaged: it is made anew


def _keep(key: str, info: CorpusInfo, tokenizer: Tokenizer, data: dict[str, Encoded]) -> None:
    folder = home_folder() / "prepared"
    meta = {
        "info": info.__dict__,
        "tokenizer": tokenizer.to_dict(),
        "splits": {
            split: {k: v for k, v in vars(e).items() if k not in ("ids", "starts")}
            for split, e in data.items()
        },
    }
    tensors = {f"{split}.starts": e.starts for split, e in data.items()}
    tensors |= {f"{split}.ids": e.ids.to(torch.int32) for split, e in data.items()}
    try:
        make_folder(folder)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as fresh:
            save_file(tensors, Path(fresh) / "ids")
            (Path(fresh) / "meta").write_text(dumps(meta))
            os.replace(Path(fresh) / "ids", folder / f"{key}.safetensors")
            os.replace(Path(fresh) / "meta", folder / f"{key}.json")
        by_age = sorted(folder.glob("*.safetensors"), key=lambda p: p.stat().st_mtime)
        for old in by_age[:-KEPT]:
            old.unlink(missing_ok=True)
            old.with_suffix(".json").unlink(missing_ok=True)
    except (OSError, SafetensorError, LabError):
        return  # a convenience only: the run goes on without
