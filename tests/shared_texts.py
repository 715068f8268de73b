"""Corpora that come with packages, and the numbers made of them, once for all tests of a process.

Most tests have a home of their own, in which the lab would read and cut the same names again: a
second each time, of speeches ten. A copy comes into the home as the lab's own would lie there;
`tests/runs/test_prepare.py` has that both say the same.
"""

import contextlib
import os
import shutil
import tempfile
from dataclasses import replace
from functools import cache, wraps
from pathlib import Path
from typing import Any

import pytest

from lm_core.corpora import corpora
from lm_core.corpora.load import origin
from lm_core.errors import LabError
from lm_core.home import home_folder, make_folder
from lm_core.runs import prepare

MADE_OF_FILES = (".safetensors", ".json")


def share(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Keep in memory the corpora that need no download, in `folder` what is prepared from them."""
    for entry in corpora:
        if entry.extra["info"].how in ("embedded", "extra"):
            patch.setitem(corpora._entries, entry.name, replace(entry, build=_once(entry)))
    names, read, keep = corpora.names(), prepare._read_kept, prepare._keep

    def read_kept(key: str, task: Any) -> Any:
        kept = read(key, task)
        if kept is None and all((folder / f"{key}{end}").exists() for end in MADE_OF_FILES):
            with contextlib.suppress(OSError, LabError):  # a home that cannot be written
                _copy(key, folder, make_folder(home_folder() / "prepared"))
                kept = read(key, task)
        return kept

    def keep_too(key: str, info: Any, *rest: Any) -> None:
        keep(key, info, *rest)
        if info.name in names:
            with contextlib.suppress(OSError):
                _copy(key, home_folder() / "prepared", folder)

    patch.setattr(prepare, "_read_kept", read_kept)
    patch.setattr(prepare, "_keep", keep_too)


def _once(entry: Any) -> Any:
    @cache
    def made(*of: str) -> Any:
        return entry.build(None)

    @wraps(entry.build)
    def build(progress: Any = None) -> Any:
        return made(str(origin(entry.name)), os.environ.get("LM_LAB_DATA", ""))

    return build


def unshare(patch: pytest.MonkeyPatch) -> None:
    """For a test that changes how a corpus is made: each is made anew while it runs."""
    for name, entry in list(corpora._entries.items()):
        made = getattr(entry.build, "__wrapped__", entry.build)
        patch.setitem(corpora._entries, name, replace(entry, build=made))


def _copy(key: str, one: Path, other: Path) -> None:
    """Whole or not at all, as another thread may look at the same time."""
    for end in MADE_OF_FILES:
        with tempfile.TemporaryDirectory(prefix=".new-", dir=other) as fresh:
            shutil.copyfile(one / f"{key}{end}", Path(fresh) / "copy")
            os.replace(Path(fresh) / "copy", other / f"{key}{end}")
