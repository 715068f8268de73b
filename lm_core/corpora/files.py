"""Files in the lab's home folder: whole or not there, and copies that save parsing twice."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from lm_core.home import home_folder


def texts_folder() -> Path:
    """Where prepared and uploaded texts are kept. Not created here."""
    return home_folder() / "texts"


def write_whole(path: Path, data: bytes) -> None:
    """Write `path` so that a reader, or a crash, never meets half a file.

    Raises:
        OSError: the folder cannot be written or the disk is full; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def kept_lines(name: str, parse: Callable[[], list[str]]) -> list[str]:
    """The lines `parse()` gives, from a copy in the home folder once one was made.

    The copy starts with its own hash; a damaged one is made again. A home folder that cannot be
    written costs time, never the text.
    """
    path = texts_folder() / f"{name}.txt"
    with contextlib.suppress(OSError, ValueError):
        mark, _, body = path.read_bytes().partition(b"\n")
        if mark.decode() == hashlib.sha256(body).hexdigest():
            return body.decode().split("\n")
    lines = parse()
    body = "\n".join(lines).encode()
    with contextlib.suppress(OSError):
        write_whole(path, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    return lines
