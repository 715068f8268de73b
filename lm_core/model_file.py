"""A model as one file to take home: the files of its checkpoint in a .zip, and back.

    from lm_core.model_file import open_model, write
    saved = open_model("run-abc-model.zip")
    print(write(saved))

A file may come from anywhere. Its entries are a checkpoint's and nothing else, each at its own
place and once, no link, no folder; as large as is said, and counted while it is unpacked. Then it
is read as any checkpoint is: safetensors and JSON, checked against each other, no pickle.
"""

import io
import stat
import zipfile
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from lm_core.checkpoints import (
    CARD,
    CODEC,
    CODEC_OF_1,
    HISTORY,
    WEIGHTS,
    Checkpoint,
    load_checkpoint,
    where,
)
from lm_core.errors import BadCheckpoint, StoreUnavailable
from lm_core.home import unwritable

FILES = (WEIGHTS, CARD, CODEC, CODEC_OF_1, HISTORY)  # the state of the optimizer stays behind
MOST_MEGABYTES = 64  # of a file; the largest model that ships has 8
MOST_BYTES = MOST_MEGABYTES * 1_000_000
MOST_UNPACKED = 2 * MOST_BYTES
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 1  # a bit of an entry's flags
CHUNK = 1 << 20
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError)
NONE = (
    "This is no model file of the lab, or it was damaged on its way: download it again, by "
    "“Model file” on the Train screen."
)
LARGE = f"This file is larger than any model of a class: {MOST_MEGABYTES} MB are the most."


def pack(folder: Path) -> bytes:
    """The files that a model is loaded from, as a .zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for name in FILES:
            if (path := where(folder, name)).exists():
                archive.write(path, name)
    return packed.getvalue()


def unpack(file: Path | IO[bytes], to: Path) -> None:
    """Write the files of a model into the folder `to`, which is there and empty. Nothing of them is
    read yet: `load_checkpoint` judges them.

    Raises:
        BadCheckpoint: it is no such file, or a larger one.
        StoreUnavailable: `to` cannot be written.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            for entry in _entries(archive):
                _write(archive, entry, to / entry.filename)
    except DAMAGE:
        raise BadCheckpoint(NONE) from None
    except OSError as error:
        raise StoreUnavailable(unwritable(error, to)) from None


def open_model(path: Path | str) -> Checkpoint:
    """The model in a file, with its codec and card.

    Raises:
        BadCheckpoint: there is no such file, it is damaged, or it is none of the lab's.
    """
    path = Path(path)
    if not path.is_file():
        raise BadCheckpoint(f"There is no file {path}: check the path.")
    if path.stat().st_size > MOST_BYTES:
        raise BadCheckpoint(LARGE)
    with TemporaryDirectory(prefix="lm-model-") as folder:
        made = Path(folder) / (path.stem or "model")
        made.mkdir()
        unpack(path, made)
        return load_checkpoint(made)


def write(saved: Checkpoint, prompt: str = "", *, tokens: int = 100, seed: int = 0) -> str:
    """What a model of text goes on with, after the prompt: at most so many tokens; of a list one
    item.

    Raises:
        Unsupported: it learned something else.
        BadText: the prompt has characters that it does not know.
    """
    from lm_core.generation import write_text

    how = {"max_tokens": tokens, "seed": seed, "items": saved.items}
    return write_text(saved.model, saved.tokenizer, prompt, **how)[0]


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The entries, each a file of a checkpoint.

    Raises:
        BadCheckpoint: one is not, one comes twice, or they are too large together.
    """
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names) or not {WEIGHTS, CARD} <= set(names) <= set(FILES):
        raise BadCheckpoint(NONE)
    for entry in entries:
        # A link is a file whose content says where it leads; of a system without, the mode is 0.
        plain = stat.S_IFMT(entry.external_attr >> 16) in (0, stat.S_IFREG)
        if not plain or entry.compress_type not in METHODS or entry.flag_bits & ENCRYPTED:
            raise BadCheckpoint(NONE)
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise BadCheckpoint(LARGE)
    return entries


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, to: Path) -> None:
    """One file, and not a byte more than it says of itself."""
    left = entry.file_size
    with archive.open(entry) as source, to.open("xb") as target:
        while block := source.read(CHUNK):
            left -= len(block)
            if left < 0:
                raise BadCheckpoint(NONE)
            target.write(block)
