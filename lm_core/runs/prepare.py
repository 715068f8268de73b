"""From a spec to things: a codec, splits of examples, an untrained model.

How a corpus becomes examples is the task's to say. A codec and the splits are kept in the home
folder, so that the second run on the same data begins at once. Where the home cannot be written,
everything is made anew each time.
"""

import contextlib
import hashlib
import json
import math
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from lm_core import __version__
from lm_core.adapt.adapting import adapting
from lm_core.checkpoints import Checkpoint
from lm_core.codec import Codec
from lm_core.codecs import load_codec
from lm_core.corpora import Corpus, CorpusInfo, corpora
from lm_core.corpora.cleaning import cleaned
from lm_core.corpora.load import load_corpus, origin
from lm_core.corpora.own import load_own, of_validation, open_file, read_file
from lm_core.corpora.own_kind import corpus_of
from lm_core.errors import BadCheckpoint, BadText, LabError
from lm_core.home import home_folder, make_folder, typed_path
from lm_core.json_files import dumps
from lm_core.models.building import build_model
from lm_core.models.contract import Model
from lm_core.runs.beginning import begin, check_beginning
from lm_core.runs.spec import OWN_KINDS, CorpusSpec, RunSpec
from lm_core.runs.starting import check_start, read_by, stamp, start, started
from lm_core.split import Split, packed, unpacked
from lm_core.tasks import SAID, check_task
from lm_core.tokenizers import Tokenizer, tokenizers
from lm_core.tokenizers.tokenizer import learned_from
from lm_core.training.estimate import check
from lm_core.training.events import Preview
from lm_core.training.task import Task

KEPT = 24  # prepared texts in the home folder; the oldest go first


@dataclass(frozen=True)
class Prepared:
    """Everything a Trainer needs."""

    spec: RunSpec
    info: CorpusInfo
    codec: Codec
    data: dict[str, Any]  # splits, of the task's kind
    model: Model
    task: Task
    begun: str = ""  # with which weights, in words, where they are not random

    @property
    def tokenizer(self) -> Tokenizer:
        """The codec of a text that tokens are guessed of."""
        return self.codec

    @property
    def blind(self) -> float:
        """The loss of guessing without looking."""
        return self.task.blind(self.model, self.data)

    def writer(self, seed: int = 0) -> Callable[[Model, float], Preview | None]:
        """A function that shows what the model does now, in so many seconds, about."""

        def write(model: Model, seconds: float = math.inf) -> Preview | None:
            return self.task.preview(model, self.codec, self.data, seed=seed, seconds=seconds)

        return write

    def titled(self, title: str) -> "Prepared":
        """This, of a text with another title."""
        return replace(self, info=replace(self.info, title=title))

    def card(self) -> dict[str, Any]:
        """What a checkpoint's card says of the text, the split and the spec."""
        info, rules = self.info, self.spec.data.cleaning.rules
        return {
            "title": f"{self.spec.model_name} on {info.title}",
            "corpus": {
                "name": info.name,
                "title": info.title,
                "licence": info.licence,
                "source": info.source,
                "items": info.kind == "items",
                "split": info.split_rule,
                **({"cleaning": ", ".join(rules)} if rules else {}),
            },
            "task": {"name": self.spec.task_name, **self.spec.task.to_dict()},
            "counts": {split: e.counts() for split, e in self.data.items()},
            "spec": self.spec.to_dict(),
        }

    def check_same_text(self, saved: Checkpoint) -> None:
        """Training may go on from `saved` only over the text it began with.

        Raises:
            BadCheckpoint: the text has changed since.
        """
        same_ids = saved.codec.cuts_like(self.codec)
        was, is_now = saved.meta.get("counts"), self.card()["counts"]
        if not same_ids or not isinstance(was, dict) or _sizes(was) != _sizes(is_now):
            raise BadCheckpoint(
                f"The text has changed since {saved.folder.name} was made: start a new run."
            )


def _sizes(counts: dict[str, dict[str, int]]) -> dict[str, list[int | None]]:
    """What every card says of its splits; older ones say no more."""
    said = ("tokens", "characters", "bytes", "examples")
    return {split: [counted.get(name) for name in said] for split, counted in counts.items()}


def prepare(spec: RunSpec) -> Prepared:
    """Load the data and make it numbers, and build the model, all from the spec's seed.

    Raises:
        LabError: whatever is wrong with the data or the settings, as a sentence.
    """
    check_beginning(spec)
    check_start(spec)
    check_task(spec.task_name, spec.model_name, spec.data.holds)
    base = started(spec) if spec.start.folder else None
    task, key = spec.learned, _key(spec, base)
    kept = _read_kept(key, task) if key else None
    if kept is None:
        corpus = load_text(spec.data)
        if base is None:
            cut = partial(learned_from, spec.codec_name, spec.codec)
            if spec.data.cleaning.rules:
                cut = partial(cut, cleaning=spec.data.cleaning)
            codec, data = task.prepare(corpus, cut)
        else:
            codec, data = read_by(base, task, corpus)
        kept = corpus.info, codec, data
        if key := _key(spec, base):  # its text may have been fetched just now
            _keep(key, *kept)
    info, codec, data = kept
    make = adapting(task.build, spec.start.adapter)
    if task.weighed:
        given = spec.model_name, spec.model, codec.sizes["vocab_size"], spec.train
        check(*given, longest=task.longest(data["train"]), make=make)
    model = build_model(spec.model_name, spec.model.to_dict(), codec.sizes, spec.seed, make)
    train = data["train"]
    begun = start(model, base, spec, train) if base else begin(model, codec, spec, train)
    return Prepared(spec, info, codec, data, model, task.knowing(codec), begun)


def load_text(spec: CorpusSpec) -> Any:
    """The corpus a spec names: registered, the visitor's own, or a file; cleaned as it says.

    Raises:
        LabError: it is not here, damaged, or of another kind than the spec says.
    """
    corpus = _given(spec)
    if not spec.cleaning.rules:
        return corpus
    if not isinstance(corpus, Corpus):
        raise BadText(
            f"Only running text and lists are cleaned, and “{corpus.info.title}” holds "
            f"{SAID.get(corpus.info.kind, corpus.info.kind)}: switch the rules of cleaning off."
        )
    return cleaned(corpus, spec.cleaning)


def _given(spec: CorpusSpec) -> Any:
    """The corpus as it stands."""
    form = "" if spec.form == "none" else spec.form
    if spec.name == "own":
        corpus = load_own(spec.text)
        if corpus.info.kind != spec.holds and {corpus.info.kind, spec.holds} & {*OWN_KINDS}:
            raise BadText(
                f"“{corpus.info.title}” holds {SAID[corpus.info.kind]}, not {SAID[spec.holds]}: "
                "choose it again."
            )
        return corpus
    if spec.name == "file" and spec.kind == "picture values":
        from lm_core.corpora.own_pictures import of_folder

        return of_folder(typed_path(spec.file))
    if spec.name == "file":
        read = open_file if spec.kind else read_file  # all of a table, or a column of it
        text = read(spec.file)
        with of_validation():
            held = read(spec.validation) if spec.validation else None
        return corpus_of(
            spec.holds,
            text.text,
            title=text.title,
            validation=held.text if held else None,
            form=form,
            note=" ".join(one.told for one in (text, held) if one and one.note),
        )
    return load_corpus(spec.name)


def _key(spec: RunSpec, base: Checkpoint | None) -> str | None:
    """Name of the kept copy, made of all that decides the numbers: the text and where it comes
    from, the task that reads it, the tokenizer and what it is made with. None for a text that is
    not here, and for files, which may change behind our back."""
    if spec.data.name not in ("own", *corpora.names()):
        return None
    source = [] if spec.data.name == "own" else origin(spec.data.name)
    if not all(source):
        return None
    parts = spec.to_dict()
    packages = [version(name) for name in tokenizers[spec.codec_name].build.packages]
    made_of = [__version__, parts["task"], parts["data"], source, parts["codec"], packages]
    if base is not None:
        made_of.append(stamp(base))
    text = dumps(made_of, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def forget(corpus: str) -> None:
    """Remove the kept copies of a text, by the name of its corpus."""
    for path in (home_folder() / "prepared").glob("*.json"):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            if json.loads(path.read_text(encoding="utf-8"))["info"]["name"] == corpus:
                path.with_suffix(".safetensors").unlink(missing_ok=True)
                path.unlink()


def _read_kept(key: str, task: Task) -> tuple[CorpusInfo, Codec, dict[str, Split]] | None:
    path = home_folder() / "prepared" / f"{key}.safetensors"
    try:
        meta = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        tensors = {name: unpacked(tensor) for name, tensor in load_file(path).items()}
        data = {split: task.split(**facts) for split, facts in _fields(tensors, meta["splits"])}
        os.utime(path)
        return CorpusInfo(**meta["info"]), load_codec(meta["codec"]), data
    except (OSError, ValueError, KeyError, TypeError, SafetensorError, LabError):
        return None  # absent or damaged: it is made anew


def _fields(
    tensors: dict[str, Tensor], facts: dict[str, dict[str, Any]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of each split, tensors called "split.field" and facts together."""
    for split, known in facts.items():
        own = {name: t for name, t in tensors.items() if name.startswith(f"{split}.")}
        yield split, known | {name.removeprefix(f"{split}."): t for name, t in own.items()}


def _keep(key: str, info: CorpusInfo, codec: Codec, data: dict[str, Split]) -> None:
    folder = home_folder() / "prepared"
    meta = {
        "info": info.__dict__,
        "codec": codec.to_dict(),
        "splits": {split: part.facts for split, part in data.items()},
    }
    tensors = {
        f"{split}.{name}": packed(tensor)
        for split, part in data.items()
        for name, tensor in part.tensors.items()
    }
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
