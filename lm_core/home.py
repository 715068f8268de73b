"""The lab's home folder: `LM_LAB_HOME`, else the platform's user-data folder."""

import os
import re
from pathlib import Path

from lm_core.errors import StoreUnavailable


def home_folder() -> Path:
    """Where runs, downloads and prepared texts live. Not created here."""
    named = os.environ.get("LM_LAB_HOME")
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("language-model-lab", appauthor=False))


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
    home = home_folder()
    if folder is not None and not folder.absolute().is_relative_to(home.absolute()):
        return f"{folder} cannot be written ({detail}): free some space, or name another folder."
    return (
        f"The lab's home folder {home} cannot be written ({detail}): free some space, "
        "or start the lab with LM_LAB_HOME set to a folder you can write to."
    )
