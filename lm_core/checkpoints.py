"""Checkpoints: a folder with `model.safetensors`, `meta.json` and `tokenizer.json`.

Loading runs no code from the files and refuses what it does not know. A run that may go on also
has `training.safetensors`: the optimizer's memory and the carried state. `history.json` is the
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
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from lm_core import __version__
from lm_core.errors import BadCheckpoint, LabError, StoreUnavailable
from lm_core.home import unwritable
from lm_core.json_files import dumps, numbers, read_json, too_large
from lm_core.models import LanguageModel, models
from lm_core.models.building import blueprint, build_model
from lm_core.models.weights import fits, shapes_in, sound, stored, weights_in
from lm_core.tokenizers import Tokenizer, load_tokenizer

FORMAT = 1
MOST_META_BYTES = 1_000_000
MOST_TOKENIZER_BYTES = 50_000_000
MOST_WEIGHT_BYTES = 4_000_000_000
MOST_ROWS = 500  # of a curve that is kept
CARD, WEIGHTS, TRAINING = "meta.json", "model.safetensors", "training.safetensors"
TOKENIZER, HISTORY = "tokenizer.json", "history.json"
LOGS = "logs"  # of the training: a folder that stays when the checkpoint is replaced
OURS = {CARD, WEIGHTS, TRAINING, TOKENIZER, HISTORY, LOGS}
NEXT, NEW = ".next", ".new-"  # a whole checkpoint that is moving in; one that is being written

History = dict[str, list]  # "points" and "evaluations", each rows of [step, nats]

ANY = "*"  # other names than those listed
SAID: dict[str, Any] = {  # of what form is what a card says besides; each may be missing
    "title": str,
    "corpus": {"items": bool, ANY: str},
    "counts": {ANY: {ANY: int}},
    "metrics": {ANY: {"nats_per_token": int | float, "tokens": int}},
    "spec": {"tokenizer": {"name": str}},
    "step": int,
    "tokens": int,
    "seconds": int | float,
    "parameters": int,
    "command": str,  # that began it
    "resumed": [str],  # and those that went on with it
}


@dataclass
class Checkpoint:
    """A model with its tokenizer and card (`meta`), on the CPU, in eval mode."""

    model: LanguageModel
    tokenizer: Tokenizer
    meta: dict[str, Any]
    folder: Path

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
    model: LanguageModel,
    tokenizer: Tokenizer,
    meta: dict[str, Any],
    training: dict[str, torch.Tensor] | None = None,
    history: History | None = None,
) -> Path:
    """Write a checkpoint; it appears whole or not at all, and replaces an older one.

    Args:
        meta: what the card says; `model`, `vocab_size`, `format` and `lm_core` are added here.
        training: tensors a resumed run needs.
        history: the curve so far, of which MOST_ROWS are kept.

    Raises:
        StoreUnavailable: a full disk or a read-only folder.
        BadCheckpoint: as `check_replaceable`.
    """
    check_replaceable(folder)
    name = next(e.name for e in models if e.build is type(model))
    meta = {
        **meta,
        "format": FORMAT,
        "lm_core": __version__,
        "model": {"name": name, **model.settings.to_dict()},
        "vocab_size": model.vocab_size,
        "parameters": model.n_parameters,
    }
    fresh = None
    try:
        _make(folder)
        _settle(folder)
        fresh = Path(tempfile.mkdtemp(prefix=NEW, dir=folder))
        save_file(stored(model), fresh / WEIGHTS)
        if training is not None:
            save_file(training, fresh / TRAINING)
        (fresh / TOKENIZER).write_text(dumps(tokenizer.to_dict()))
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
    for look in range(20):  # a run that goes on may replace it by a newer one while it is read
        version = _version(folder)
        try:
            checkpoint = _load(folder)
        except BadCheckpoint:
            if _version(folder) == version and (version is not None or look > 4):
                raise
            time.sleep(0.005)  # its files are on the way
        else:
            if _version(folder) == version:
                return checkpoint
    raise BadCheckpoint(f"{folder.name} is replaced all the time: try again a little later.")


def _version(folder: Path) -> tuple[Any, ...] | None:
    try:
        status = where(folder, CARD).stat()
    except OSError:
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
    tokenizer = load_tokenizer(read_json(where(folder, TOKENIZER), MOST_TOKENIZER_BYTES))
    if meta["vocab_size"] != tokenizer.vocab_size:
        raise BadCheckpoint(
            f"The model in {folder.name} was made for {meta['vocab_size']} tokens and its "
            f"tokenizer has {tokenizer.vocab_size}: the files belong to different models."
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
    return Checkpoint(model, tokenizer, meta, folder)


def read_meta(folder: Path) -> dict[str, Any]:
    """The card of a checkpoint, checked to be one of ours; quick, no weights are read."""
    meta = read_json(where(folder, CARD), MOST_META_BYTES)
    if not isinstance(meta, dict) or meta.get("format") != FORMAT:
        raise BadCheckpoint(
            f"{Path(folder).name} is not a checkpoint of this lab's format {FORMAT}: "
            "train it again, or use the lab it came from."
        )
    model, vocab_size = meta.get("model"), meta.get("vocab_size")
    named = isinstance(model, dict) and isinstance(model.get("name"), str)
    if not named or not isinstance(vocab_size, int) or not 1 <= vocab_size <= 1_000_000:
        raise BadCheckpoint(f"meta.json in {Path(folder).name} is damaged: copy or train it again.")
    scores = meta.get("metrics")
    if isinstance(scores, dict):  # of each split, and one may be infinite
        meta["metrics"] = {k: numbers(v) if isinstance(v, dict) else v for k, v in scores.items()}
    return said(meta)


def said(meta: dict[str, Any]) -> dict[str, Any]:
    """A card without what it says in another form than cards do (see SAID): as if it was not
    said."""
    return {name: value for name, value in meta.items() if _is(value, SAID.get(name, object))}


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


def _load_weights(folder: Path, meta: dict[str, Any]) -> LanguageModel:
    path, settings = where(folder, WEIGHTS), dict(meta["model"])
    damaged = f"{path.name} in {folder.name} is damaged or missing: copy or train it again."
    name, vocab_size = settings.pop("name"), meta["vocab_size"]
    try:
        if path.stat().st_size > MOST_WEIGHT_BYTES:
            raise BadCheckpoint(too_large(path, MOST_WEIGHT_BYTES))
        # Compared before anything is allocated: the description could ask for any size.
        if not fits(blueprint(name, settings, vocab_size), shapes_in(path)):
            what = "do not fit its description: copy or train it again."
            raise BadCheckpoint(f"The weights in {folder.name} {what}")
        for file in (TOKENIZER, WEIGHTS):
            _check_whole(folder, meta, file)
        model = build_model(name, settings, vocab_size)
        if model.load_state_dict(weights_in(path), strict=False).unexpected_keys:
            raise ValueError("names that the model does not have")
    except (OSError, SafetensorError, RuntimeError, ValueError, KeyError, TypeError):
        raise BadCheckpoint(damaged) from None
    if not all(map(sound, model.state_dict().values())):
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
