"""Models that a visitor was given: by another visitor's link, or as a file that they open here.

The word of one stands in the address (`?shared=`) and then in the session, so that every screen
which writes or reads offers it, first of all. It opens the model and nothing else of a run: no
curve, no note, no title, no text that somebody gave; and of a stranger's card, no name of a file or
a folder is ever followed.
"""

import hashlib
import io
import re
import shutil
from pathlib import Path
from typing import Any

import streamlit as st

from lm_core.errors import BadCheckpoint, LabError
from pages._ui.shared import address, session
from pages._ui.shared.choice import Choice, choice_of

PARAMETER = "shared"
WORDS = "given-models"  # in the session: the words of models that were opened, the latest first
MOST = 8  # of them
FOLDER, MOST_FILES = "models", 60  # in the home folder: what was opened from files
GONE = (
    "This link to a model leads nowhere any more: whoever gave it took it back, or deleted the "
    "run. Ask for another one."
)
CLOSED = "The model of this file is not kept any more: open the file again."


def begin() -> None:
    """Before a screen: open what its address brings, or say why it cannot be."""
    word = address.get(PARAMETER)
    if word is None:
        return
    if folder_of(word) is None:
        st.query_params.pop(PARAMETER, None)
        st.info(CLOSED if _is_file(word) else GONE)
    else:
        opened(word)


def opened(word: str) -> None:
    """This session has the model of that word."""
    words = st.session_state.get(WORDS, [])
    if words[:1] != [word]:
        st.session_state[WORDS] = [word, *(one for one in words if one != word)][:MOST]


def given() -> list[Choice]:
    """Those of this session, the latest first; what was taken back is not among them."""
    from lm_core.checkpoints import read_meta

    found = []
    for word in st.session_state.get(WORDS, []):
        folder = folder_of(word)
        if folder is None:
            continue
        try:
            card = bare(read_meta(folder))
            of = choice_of(folder, card)
        except (LabError, KeyError):
            continue  # the checkpoint is gone, or of a family that this lab does not have
        kind = "From a file" if _is_file(word) else "Shared"
        named = {"label": f"{kind}: {of.label}", "given": word}
        if not of.corpus and of.items:  # a list that is not here; each its own
            named["corpus"] = f"given-{word[:12]}"
        found.append(Choice(**vars(of) | named))
    return found


def folder_of(word: str) -> Path | None:
    """Where the checkpoint is that a word opens; None where it opens none."""
    try:
        store = session.manager().store
        if _is_file(word):
            folder = store.folder / FOLDER / word
        else:
            run = store.shares.run(word)
            folder = store.run_folder(run) / "checkpoint" if run else None
    except LabError:
        return None
    return folder if folder is not None and folder.is_dir() else None


def bare(card: dict[str, Any]) -> dict[str, Any]:
    """A card without what is the owner's: of its text no more than its name where everybody has it,
    of its settings what the model itself needs."""
    from lm_core.corpora import corpora

    said = card.get("corpus", {})
    name = str(said.get("name", ""))
    public = name in corpora
    items = bool(said.get("items"))
    corpus = dict(said) if public else {"title": "own text", "items": items}
    spec: dict[str, Any] = {"codec": card.get("spec", {}).get("codec", {})}
    if public:
        spec["data"] = {"name": name}
    kept = ("format", "task", "model", "sizes", "parameters", "metrics", "counts", "quantized")
    return {name: card[name] for name in kept if name in card} | {"corpus": corpus, "spec": spec}


def open_file(data: bytes) -> str:
    """Keep the model of a file, which is read once to be sure of it; its word.

    Raises:
        BadCheckpoint: it is no model file of the lab's, or damaged.
        StoreUnavailable: the home folder cannot be written.
    """
    from tempfile import TemporaryDirectory

    from lm_core.checkpoints import load_checkpoint
    from lm_core.home import make_folder
    from lm_core.model_file import LARGE, MOST_BYTES, unpack

    if len(data) > MOST_BYTES:
        raise BadCheckpoint(LARGE)
    word = hashlib.sha256(data).hexdigest()
    home = make_folder(session.manager().store.folder / FOLDER)
    if not (home / word).is_dir():
        with TemporaryDirectory(prefix=".open-", dir=home) as made:
            folder = Path(made) / "model"
            folder.mkdir()
            unpack(io.BytesIO(data), folder)
            load_checkpoint(folder)
            folder.replace(home / word)
        _make_room(home, word)
    opened(word)
    return word


def forget(word: str) -> None:
    """The model of a file goes from this machine."""
    if _is_file(word):
        shutil.rmtree(session.manager().store.folder / FOLDER / word, ignore_errors=True)
    words = [one for one in st.session_state.get(WORDS, []) if one != word]
    st.session_state[WORDS] = words
    if address.get(PARAMETER) == word:
        st.query_params.pop(PARAMETER, None)


def _make_room(home: Path, last: str) -> None:
    """The oldest go where there are too many."""
    kept = [path for path in home.iterdir() if _is_file(path.name) and path.name != last]
    kept.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[MOST_FILES - 1 :]:
        shutil.rmtree(path, ignore_errors=True)


def _is_file(word: str) -> bool:
    """Whether it names a file's model, by the SHA-256 of the file."""
    return re.fullmatch("[0-9a-f]{64}", word) is not None
