"""A corpus by its name, loaded once a process.

corpus = load_corpus("names")
corpus.splits["train"][:3]
"""

import os
import threading
from collections import OrderedDict

from lm_core.corpora import fetching
from lm_core.corpora.corpus import AnyCorpus, Progress, corpora
from lm_core.corpora.own import has_own, is_own, load_own, own_key
from lm_core.home import home_folder
from lm_core.json_files import dumps

_KEPT = 4  # corpora in memory; the largest take some 15 MB each
_loaded: OrderedDict[tuple, AnyCorpus] = OrderedDict()
_lock = threading.Lock()


def load_corpus(name: str, *, progress: Progress | None = None) -> AnyCorpus:
    """The corpus of that name, downloaded first when it has to be.

    Args:
        name: a name of the registry, or the `info.name` of a text stored by `save_own`.
        progress: called while downloading with bytes so far and in all; may raise `Cancelled`.

    Raises:
        UnknownName: no corpus has that name (the nearest one is named).
        CorpusUnavailable: it cannot be downloaded, or failed its checks.
        BadText: a stored own text is gone or damaged.
        StoreUnavailable: the home folder cannot be read or written.
    """
    key = _key(name)
    with _lock:
        if key in _loaded:
            _loaded.move_to_end(key)
            return _loaded[key]
    # Two threads may load the same corpus at once: wasteful at worst, since both get the same
    # text, while a lock held through a download would stop every other reader.
    corpus = load_own(own_key(name)) if is_own(name) else corpora[name].build(progress)
    with _lock:
        _loaded[_key(name)] = corpus  # what was not there before has been fetched
        while len(_loaded) > _KEPT:
            _loaded.popitem(last=False)
    return corpus


def is_ready(name: str) -> bool:
    """Whether `load_corpus` needs no network. Reads no more than a file's hash.

    Raises:
        UnknownName: no corpus has that name.
    """
    if is_own(name):
        return has_own(own_key(name))
    return all(source.find() for source in corpora[name].extra["sources"]())


def to_be_fetched(name: str) -> bool:
    """Whether it is a corpus of the registry that has to be downloaded first: false of any other
    name, a file's or that of a text of one's own."""
    return name in corpora and not is_ready(name)


def is_at_hand(name: str) -> bool:
    """Whether it is a corpus of the registry that is on this machine: false of any other name."""
    return name in corpora and is_ready(name)


def origin(name: str) -> list[list[str | int]]:
    """What decides the text of a corpus on this machine, in plain JSON: it changes when a file
    that the text is made from, or the package it comes with, is another.

    Raises:
        UnknownName: no corpus has that name.
    """
    if is_own(name):  # named by the hash of its content
        return []
    return [source.identity() for source in corpora[name].extra["sources"]()]


def _key(name: str) -> tuple[str, ...]:
    """Of a loaded corpus: where the text comes from is part of it, so that another file, or
    another folder, takes effect."""
    folders = str(home_folder()), os.environ.get("LM_LAB_DATA", "")
    return name, *folders, dumps(origin(name))


def remove_download(name: str) -> None:
    """Delete the downloaded files of a corpus; an embedded one has none.

    Raises:
        UnknownName: no corpus has that name.
        StoreUnavailable: the home folder cannot be written.
    """
    fetching.remove(corpora[name].name)
    with _lock:
        for key in [key for key in _loaded if key[0] == name]:
            del _loaded[key]
