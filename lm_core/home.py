"""The lab's home folder: `LM_LAB_HOME`, else the platform's user-data folder."""

import errno
import os
import re
from pathlib import Path

from lm_core.errors import BadPath, StoreUnavailable

SHIPPED = Path(__file__).resolve().parents[1] / "checkpoints"  # small trained models
LONGEST = 255  # bytes of a file's or folder's name, on all systems in use


def home_folder() -> Path:
    """Where runs, downloads and prepared texts live. Not created here.

    Raises:
        StoreUnavailable: there is no saying where, because this user has no home.
    """
    named = os.environ.get("LM_LAB_HOME")
    if named:
        try:
            return typed_path(named)
        except BadPath as error:
            raise StoreUnavailable(f"LM_LAB_HOME: {error}") from None
    import platformdirs

    try:
        folder = Path(platformdirs.user_data_dir("language-model-lab", appauthor=False))
        if folder.is_absolute():
            return folder
    except RuntimeError:  # as in a container whose user is a number
        pass
    raise StoreUnavailable(
        "This user has no home folder: start the lab with LM_LAB_HOME set to a folder you can "
        "write to."
    )


def typed_path(text: str | Path) -> Path:
    """A path as a person typed it, with `~` and `~user` read as a shell reads them.

    Raises:
        BadPath: no user of that name, or this one has no home; or no file can have this name.
    """
    try:
        if "\0" in str(text) or any(len(os.fsencode(part)) > LONGEST for part in Path(text).parts):
            raise ValueError
        return Path(text).expanduser()
    except ValueError:  # a UnicodeEncodeError is one
        raise BadPath(
            f"No file can be named {str(text)!r}: check the path and write it again."
        ) from None
    except RuntimeError:
        whose = Path(text).parts[0]
        raise BadPath(
            f"{text} cannot be found, because {whose} is nobody's home folder on this machine: "
            "write the path in full."
        ) from None


def make_folder(path: Path) -> Path:
    """Create `path` and its parents.

    Raises:
        StoreUnavailable: it cannot be created or written, with what to do about it.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(unwritable(error)) from None
    if not os.access(path, os.W_OK):
        raise StoreUnavailable(unwritable(f"{path} is read-only"))
    return path


def unwritable(reason: object, folder: Path | None = None) -> str:
    """The sentence for a full disk or a read-only folder: the home folder, or one elsewhere."""
    detail = getattr(reason, "strerror", None) or str(reason)
    wrapped = re.search(r"I/O error: (.+?) \(os error", detail)  # safetensors adds much to it
    detail = wrapped[1] if wrapped else detail
    try:
        home = home_folder()
    except StoreUnavailable as nowhere:
        if folder is None:
            return str(nowhere)
        home = None
    if folder is not None and not (home and folder.absolute().is_relative_to(home.absolute())):
        return f"{folder} cannot be written ({detail}): {_mend(reason)}, or name another folder."
    return (
        f"The lab's home folder {home} cannot be written ({detail}): {_mend(reason)}, "
        "or start the lab with LM_LAB_HOME set to a folder you can write to."
    )


def _mend(reason: object) -> str:
    """What helps, by what the system or SQLite says of it."""
    number, name = getattr(reason, "errno", None), getattr(reason, "sqlite_errorname", "")
    denied = name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH"))
    if denied or number in (errno.EACCES, errno.EPERM, errno.EROFS) or "read-only" in str(reason):
        return "let this user write there"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "close what else uses it and try again"
    return "free some space"
