"""Checkpoints: a folder with `model.safetensors`, `meta.json` and `codec.json`.

Those of earlier versions have a `tokenizer.json` in its place, and learned the usual task of their
family.

Loading runs no code from the files and refuses what it does not know. A run that may go on also
has `training.safetensors`: the optimizer's memory and the hidden state. `history.json` is the
curve, where it was kept. The card holds the SHA-256 of the other files, so that a damaged one is
noticed.

A newer checkpoint takes the place of an older one whole, whenever its process is killed: it is
written into a folder of its own inside, which becomes `.next` when all of it is there. From then on
each file counts that is found there, or has been moved from there to where the older one was, the
card last.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch.nn.utils.parametrize import is_parametrized

from lm_core import __version__
from lm_core.codec import Codec
from lm_core.codecs import load_codec
from lm_core.errors import BadCheckpoint, LabError, StoreUnavailable, Unsupported
from lm_core.home import unwritable
from lm_core.json_files import dumps, numbers, read_json, too_large
from lm_core.models import models
from lm_core.models.building import blueprint, build_model
from lm_core.models.contract import Model
from lm_core.models.weights import fits, shapes_in, sound, stored, weights_in
from lm_core.quantize import reading, whole
from lm_core.tokenizers import Tokenizer
from lm_core.versions import up_to_date

if TYPE_CHECKING:
    from lm_core.training.task import Task

# Tasks are imported where a model is loaded: they bring all of the training with them, which a page
# that only reads cards need not wait for.
FORMAT = 1
MOST_META_BYTES = 1_000_000
MOST_CODEC_BYTES = 50_000_000
MOST_WEIGHT_BYTES = 4_000_000_000
MOST_ROWS = 500  # of a curve that is kept
CARD, WEIGHTS, TRAINING = "meta.json", "model.safetensors", "training.safetensors"
CODEC, HISTORY = "codec.json", "history.json"
CODEC_OF_1 = "tokenizer.json"  # as earlier versions called it
LOGS = "logs"  # of the training: a folder that stays when the checkpoint is replaced
OURS = {CARD, WEIGHTS, TRAINING, CODEC, CODEC_OF_1, HISTORY, LOGS}
NEXT, NEW = ".next", ".new-"  # a whole checkpoint that is moving in; one that is being written

CALLED = {"vocab_size": "tokens", "n_classes": "classes", "source_size": "tokens of the source"}
History = dict[str, list]  # "points" and "evaluations", each rows of [step, nats]

ANY = "*"  # other names than those listed
SAID: dict[str, Any] = {  # of what form is what a card says besides; each may be missing
    "title": str,
    "corpus": {"items": bool, ANY: str},
    "counts": {ANY: {ANY: int}},
    "metrics": {
        ANY: {"nats_per_token": int | float, "tokens": int, "metrics": {ANY: int | float}},
    },
    "spec": {"codec": {"name": str}, "start": dict},
    "task": {"name": str},
    "quantized": {"scheme": str, "only": str},  # how its weights are stored, where not as float32
    "step": int,
    "tokens": int,
    "seconds": int | float,
    "parameters": int,
    "command": str,  # that began it
    "resumed": [str],  # and those that went on with it
}


@dataclass
class Checkpoint:
    """A model with its codec and card (`meta`), on the CPU, in eval mode."""

    model: Model
    codec: Codec
    meta: dict[str, Any]
    folder: Path

    @property
    def tokenizer(self) -> Tokenizer:
        """The codec of a model of text.

        Raises:
            Unsupported: it is none.
        """
        from lm_core.tasks import tasks

        if isinstance(self.codec, Tokenizer):
            return self.codec
        raise Unsupported(
            f"{self.folder.name} learned {tasks[self.task].title.lower()}, which this is not for: "
            "choose a model of running text or of a list."
        )

    @property
    def task(self) -> str:
        """What it learned, by name."""
        return task_said(self.meta)

    @property
    def title(self) -> str:
        return str(self.meta.get("title") or self.folder.name)

    @property
    def items(self) -> bool:
        """Whether it learned from a list of items (names) and not from running text."""
        corpus = self.meta.get("corpus")
        return isinstance(corpus, dict) and bool(corpus.get("items"))


def save_checkpoint(
    folder: Path,
    model: Model,
    codec: Codec,
    meta: dict[str, Any],
    training: dict[str, torch.Tensor] | None = None,
    history: History | None = None,
    quantized: "whole.Stored | None" = None,
) -> Path:
    """Write a checkpoint; it appears whole or not at all, and replaces an older one.

    Args:
        meta: what the card says; `model`, `sizes`, `format` and `lm_core` are added here, and the
            usual task of the family where it names none.
        training: tensors a resumed run needs.
        history: the curve so far, of which MOST_ROWS are kept.
        quantized: what is stored of the weights instead of them.

    Raises:
        StoreUnavailable: a full disk or a read-only folder.
        BadCheckpoint: as `check_replaceable`.
    """
    check_replaceable(folder)
    inner = model.registered
    name = next(e.name for e in models if e.build is type(inner))
    meta = {
        "task": {"name": inner.tasks[0]},
        **meta,
        "format": FORMAT,
        "lm_core": __version__,
        "model": {"name": name, **inner.settings.to_dict()},
        "sizes": codec.sizes,
        "parameters": model.n_parameters,
    }
    meta.pop("quantized", None)  # of the model that these weights come from
    if quantized is not None:
        meta["quantized"] = quantized.said
    fresh = None
    try:
        _make(folder)
        _settle(folder)
        fresh = Path(tempfile.mkdtemp(prefix=NEW, dir=folder))
        weights = stored(model) if quantized is None else quantized.tensors
        save_file(weights, fresh / WEIGHTS)
        if training is not None:
            save_file(training, fresh / TRAINING)
        (fresh / CODEC).write_text(dumps(codec.to_dict()))
        if history is not None:
            thin = {name: thinned(rows) for name, rows in history.items()}
            (fresh / HISTORY).write_text(dumps(thin) + "\n")
        meta["sha256"] = {file.name: _sha256(file) for file in sorted(fresh.iterdir())}
        (fresh / CARD).write_text(dumps(meta, indent=2) + "\n")
        fresh.chmod(0o755)
        for file in fresh.iterdir():  # a shipped model is read by other users too
            file.chmod(0o644)
        os.rename(fresh, folder / NEXT)
    except (OSError, SafetensorError) as error:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)
        with contextlib.suppress(OSError):
            folder.rmdir()  # where nothing else is in it
        raise StoreUnavailable(unwritable(error, folder)) from None
    with contextlib.suppress(OSError):  # it is there; a file that somebody reads moves next time
        _settle(folder)
    return folder


def check_replaceable(folder: Path) -> None:
    """A checkpoint replaces an older one whole, and must not sweep away anything else.

    Raises:
        BadCheckpoint: `folder` is a file, or holds something that no checkpoint has.
        StoreUnavailable: it cannot be read.
    """
    try:
        found = {path.name for path in folder.iterdir()} - OURS - {NEXT}
        strange = sorted(name for name in found if not name.startswith(NEW))
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise BadCheckpoint(f"{folder} is a file: name a folder for the checkpoint.") from None
    except OSError as error:
        raise StoreUnavailable(unwritable(error, folder)) from None
    if strange:
        raise BadCheckpoint(f"{folder} already holds {strange[0]}: name a new folder.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _make(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(0o755)


def _settle(folder: Path) -> None:
    """Move in what waits in NEXT, the card last; sweep up what a killed process was writing."""
    waiting = folder / NEXT
    if (waiting / CARD).exists():
        for name in OURS - {LOGS, CARD, *read_meta(folder).get("sha256", ())}:
            (folder / name).unlink(missing_ok=True)  # of the older one alone
        for file in sorted(waiting.iterdir(), key=lambda file: file.name == CARD):
            os.replace(file, folder / file.name)
    if waiting.exists():
        waiting.rmdir()
    for litter in folder.glob(f"{NEW}*"):
        shutil.rmtree(litter, ignore_errors=True)
        litter.unlink(missing_ok=True)


def where(folder: Path, name: str) -> Path:
    """Where this file of a checkpoint is, which may be moving in."""
    waiting = Path(folder) / NEXT / name
    return waiting if waiting.exists() else Path(folder) / name


def load_checkpoint(folder: Path | str) -> Checkpoint:
    """Read a checkpoint folder.

    Raises:
        BadCheckpoint: missing, damaged, of another format, or not fitting its own description.
    """
    folder = Path(folder)
    for _ in range(20):  # a run that goes on may replace it by a newer one while it is read
        version = _version(folder)
        try:
            checkpoint = _load(folder)
        except BadCheckpoint:
            if _version(folder) == version:
                raise
            time.sleep(0.005)  # its files are on the way
        else:
            if _version(folder) == version:
                return checkpoint
    raise BadCheckpoint(f"{folder.name} is replaced all the time: try again a little later.")


def copy_checkpoint(folder: Path, to: Path) -> bool:
    """Copy a checkpoint that a run which goes on may replace meanwhile; whether all of one came
    over, else there is nothing."""
    for _ in range(20):
        shutil.rmtree(to, ignore_errors=True)
        version = _version(folder)
        if version is None:
            return False
        with contextlib.suppress(OSError):  # a file moved, or the disk is full
            shutil.copytree(folder, to)
            if _version(folder) == version:
                return True
        time.sleep(0.005)
    shutil.rmtree(to, ignore_errors=True)
    return False


def _version(folder: Path) -> tuple[int | str, ...] | None:
    """Which checkpoint is there, and how far it has moved in; None where there is no card."""
    for card in (folder / NEXT / CARD, folder / CARD):  # it moves this way: one of them has it
        with contextlib.suppress(OSError):
            status = card.stat()
            break
    else:
        return None
    try:
        waiting = sorted(os.listdir(folder / NEXT))
    except OSError:
        waiting = []
    return status.st_ino, status.st_mtime_ns, *waiting


def _load(folder: Path) -> Checkpoint:
    if not folder.is_dir():
        raise BadCheckpoint(f"There is no checkpoint folder {folder}: check the path.")
    meta = read_meta(folder)
    codec = load_codec(read_json(codec_file(folder), MOST_CODEC_BYTES))
    if meta["sizes"] != codec.sizes:
        raise BadCheckpoint(
            f"The model in {folder.name} was made for {_in_words(meta['sizes'])} and its codec has "
            f"{_in_words(codec.sizes)}: the files belong to different models."
        )
    try:
        model = _load_weights(folder, meta)
    except BadCheckpoint:
        raise
    except LabError as error:
        raise BadCheckpoint(
            f"{folder.name} describes a model this lab cannot build: {error}"
        ) from None
    model.eval()
    return Checkpoint(model, codec, meta, folder)


def codec_file(folder: Path) -> Path:
    """Where its codec is, by the name of now or of before."""
    now, before = where(folder, CODEC), where(folder, CODEC_OF_1)
    return before if before.exists() and not now.exists() else now


def _in_words(sizes: dict[str, int]) -> str:
    said = (f"{size} {CALLED.get(name, name)}" for name, size in sizes.items())
    return " and ".join(said) or "nothing to count"


def task_said(meta: dict[str, Any]) -> str:
    """The task that a card names; the usual one of the family where it names none."""
    return meta.get("task", {}).get("name") or models[meta["model"]["name"]].build.tasks[0]


def read_meta(folder: Path) -> dict[str, Any]:
    """The card of a checkpoint, checked to be one of ours; quick, no weights are read."""
    meta = read_json(where(folder, CARD), MOST_META_BYTES)
    if not isinstance(meta, dict) or meta.get("format") != FORMAT:
        raise BadCheckpoint(
            f"{Path(folder).name} is not a checkpoint of this lab's format {FORMAT}: "
            "train it again, or use the lab it came from."
        )
    model = meta.get("model")
    sizes = meta.get("sizes", {"vocab_size": meta.get("vocab_size")})  # as earlier versions say it
    named = isinstance(model, dict) and isinstance(model.get("name"), str)
    if not named or not isinstance(sizes, dict) or not all(map(_is_size, sizes.values())):
        raise BadCheckpoint(f"meta.json in {Path(folder).name} is damaged: copy or train it again.")
    meta |= {"sizes": sizes, "spec": up_to_date(meta.get("spec", {}))}
    scores = meta.get("metrics")
    if isinstance(scores, dict):  # of each split, and one may be infinite
        meta["metrics"] = {k: numbers(v) if isinstance(v, dict) else v for k, v in scores.items()}
    return said(meta)


def _is_size(size: Any) -> bool:
    return type(size) is int and 1 <= size <= 1_000_000


def said(meta: dict[str, Any]) -> dict[str, Any]:
    """A card without what it says in another form than cards do (see SAID): as if it was not
    said."""
    return {name: value for name, value in meta.items() if _is(value, SAID.get(name, object))}


def task_from(meta: dict[str, Any]) -> "Task":
    """What a card says was learned, with its settings.

    Raises:
        UnknownName, BadSettings: there is no such task, or the settings are none of its.
    """
    from lm_core.tasks import tasks

    name = task_said(meta)
    own = {k: v for k, v in meta.get("task", {}).items() if k != "name"}
    return tasks[name].build(tasks[name].settings.from_dict(own))


def _is(value: Any, form: Any) -> bool:
    if isinstance(form, dict):
        kinds = form.get(ANY, object)
        return isinstance(value, dict) and all(
            _is(part, form.get(name, kinds)) for name, part in value.items()
        )
    if isinstance(form, list):
        return isinstance(value, list) and all(_is(part, form[0]) for part in value)
    return isinstance(value, form) and (form in (bool, object) or not isinstance(value, bool))


def _check_whole(folder: Path, meta: dict[str, Any], name: str) -> None:
    """The file is the one the card was written for, bit by bit."""
    hashes = meta.get("sha256", {})
    if not isinstance(hashes, dict) or hashes.get(name) not in (None, _sha256(where(folder, name))):
        what = "is damaged or belongs to another model: copy or train it again."
        raise BadCheckpoint(f"{name} in {folder.name} {what}")


def _load_weights(folder: Path, meta: dict[str, Any]) -> Model:
    from lm_core.adapt.adapting import adapting
    from lm_core.adapt.settings import AdapterSettings

    path, settings = where(folder, WEIGHTS), dict(meta["model"])
    damaged = f"{path.name} in {folder.name} is damaged or missing: copy or train it again."
    name, sizes, how = settings.pop("name"), meta["sizes"], meta.get("quantized")
    try:
        if path.stat().st_size > MOST_WEIGHT_BYTES:
            raise BadCheckpoint(too_large(path, MOST_WEIGHT_BYTES))
        # Compared before anything is allocated: the description could ask for any size.
        adapter = AdapterSettings.said(meta.get("spec", {}).get("start"))
        make = adapting(task_from(meta).build, adapter)
        planned, shapes = blueprint(name, settings, sizes, make), shapes_in(path)
        shapes = reading.as_weights(shapes, planned, how) if how else shapes
        if not fits(planned, shapes):
            what = "do not fit its description: copy or train it again."
            raise BadCheckpoint(f"The weights in {folder.name} {what}")
        for file in (codec_file(folder).name, WEIGHTS):
            _check_whole(folder, meta, file)
        model = build_model(name, settings, sizes, make=make)
        weights = weights_in(path)
        kept = reading.united(weights, planned, how) if how else None
        weights = kept.decoded() if kept else weights
        if model.load_state_dict(weights, strict=False).unexpected_keys:
            raise ValueError("names that the model does not have")
        if kept:
            kept.offer(model)
    except (OSError, SafetensorError, RuntimeError, ValueError, KeyError, TypeError):
        raise BadCheckpoint(damaged) from None
    changed = (module.weight.detach() for module in model.modules() if is_parametrized(module))
    if not all(map(sound, (*model.state_dict().values(), *changed))):
        what = "are not all numbers to compute with: train it again."
        raise BadCheckpoint(f"The weights in {folder.name} {what}")
    return model


def load_training(folder: Path) -> dict[str, torch.Tensor]:
    """The tensors a resumed run needs; empty when the checkpoint has none."""
    path, meta = where(folder, TRAINING), read_meta(folder)
    hashes = meta.get("sha256")
    of_an_older_one = isinstance(hashes, dict) and hashes and TRAINING not in hashes
    if of_an_older_one or not path.exists():
        return {}
    try:
        _check_whole(Path(folder), meta, TRAINING)
        return load_file(path)
    except (OSError, SafetensorError):
        raise BadCheckpoint(f"{path.name} is damaged: start a new run.") from None


def add_to_card(folder: Path, **more: Any) -> None:
    """Let the card of a checkpoint say more, or something else; its other files stay.

    Raises:
        StoreUnavailable: a full disk or a read-only folder.
    """
    try:
        _settle(folder)
        number, fresh = tempfile.mkstemp(prefix=NEW, dir=folder)
        with os.fdopen(number, "w") as file:
            file.write(dumps(read_meta(folder) | more, indent=2) + "\n")
        os.chmod(fresh, 0o644)
        os.replace(fresh, folder / CARD)
    except OSError as error:
        raise StoreUnavailable(unwritable(error, folder)) from None


def thinned(rows: list, most: int = MOST_ROWS) -> list:
    """Of rows that begin with their step about `most`, evenly over the steps; the first and the
    last among them."""
    if len(rows) <= most:
        return rows
    gap = -(-(rows[-1][0] - rows[0][0] + 1) // most)
    kept = rows[:1]
    for row in rows[1:-1]:
        if row[0] >= kept[-1][0] + gap:
            kept.append(row)
    return [*kept, rows[-1]]


def load_history(folder: Path) -> History:
    """The curve that was kept with a checkpoint; empty lists when there is none."""
    empty: History = {"points": [], "evaluations": []}
    path = where(folder, HISTORY)
    if not path.exists():
        return empty
    data = read_json(path, MOST_META_BYTES)
    try:
        return {name: [[int(s), float(n)] for s, n in data[name]] for name in empty}
    except (KeyError, TypeError, ValueError, OverflowError):
        raise BadCheckpoint(f"{HISTORY} in {Path(folder).name} is damaged: delete it.") from None
