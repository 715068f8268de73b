"""The visitor's own text: paste it or upload it, see what was read, then use it."""

import time
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar
from unicodedata import is_normalized

import streamlit as st

from lm_core.errors import LabError
from lm_core.visible import readable
from pages._ui.shared import session
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.corpora.corpus import Progress
    from lm_core.corpora.own import OwnText

T = TypeVar("T")
PASTE, UPLOAD = "Paste", "Upload a file"
MOMENT, AGAIN = 0.3, 0.1  # seconds until progress is shown, and between two words of it
_KEPT = ("read", "form", "guess", "preset", "corpus")  # in the session, of the text at hand


def own_text(*, key: str) -> str | None:
    """The card in which a text is given.

    Returns:
        the SHA-256 under which it was stored when the button was pressed in this run, else None.
        What cannot be used gets one sentence, and what was typed stays.
    """
    with st.container(border=True):
        how = st.segmented_control(
            "Your own text",
            [PASTE, UPLOAD],
            default=PASTE,
            required=True,
            key=f"{key}-own-how",
            help="It stays on the machine that runs this lab.",
        )
        with session.mending():
            text = _pasted(key) if how == PASTE else _uploaded(key)
            if text is None:
                return None
            return _offered(text, _is_list(text, key), _form(text, key), key)
    return None


def _pasted(key: str) -> "OwnText | None":
    from lm_core.corpora.own import from_paste

    typed = st.text_area(
        "Text",
        height=160,
        key=f"{key}-own-text",
        placeholder="Paste a text of at least 200 characters, or a list with an item a line.",
        persist_state="session",
    )
    if not typed:
        st.caption("Paste something, then press Ctrl+Enter or click outside the box.")
        return None
    title = f"{' '.join(typed[:400].split()[:4])[:32]} …"
    return _once(f"{key}-own-read", typed, lambda _: from_paste(typed, title=title))


def _uploaded(key: str) -> "OwnText | None":
    from lm_core.corpora.decoding import check_size
    from lm_core.corpora.own import OwnTable, open_upload

    # No `type=`: a file of another kind gets the library's sentence, which says the mend.
    file = st.file_uploader("A .txt, .md or .csv of at most 10 MB", key=f"{key}-own-file")
    if file is None:
        _forget(key)
        return None
    check_size(file.size)
    opened = _once(
        f"{key}-own-read",
        file.file_id,
        lambda told: open_upload(file.name, file.getvalue(), progress=told),
    )
    if not isinstance(opened, OwnTable):
        return opened
    heading = st.checkbox(
        "The first line is a heading",
        value=opened.table.heading,
        key=f"{key}-own-heading-{file.file_id}",
    )
    columns = opened.table.columns(heading)
    column = columns[0]
    if len(columns) > 1:
        column = st.selectbox(
            "Column with the text", columns, format_func=readable, key=f"{key}-own-column"
        )
    return opened.read(column, heading)


def _is_list(text: "OwnText", key: str) -> bool:
    """Whether its lines are items: as they look, until the visitor says otherwise."""
    from lm_core.corpora.listing import seems_list

    guess = _once(f"{key}-own-guess", text.text, lambda _: seems_list(text.text))
    ticked, slot = f"{key}-own-items", f"{key}-own-preset"
    preset = (text.title, text.column, guess.items)
    if st.session_state.get(slot) != preset:  # another text, or it looks otherwise now
        st.session_state[slot], st.session_state[ticked] = preset, guess.items
    items = st.checkbox(
        "Each line is an item of a list (names, words, recipes)",
        key=ticked,
        help="Then each line stands for itself, doubles are removed and the order does "
        "not matter. Without it the text is read from beginning to end.",
        persist_state="session",
    )
    st.caption(f"It looks like {'a list' if guess.items else 'running text'}: {guess.why}.")
    return items


def _form(text: "OwnText", key: str) -> str:
    """The form of Unicode to read it in: asked where it makes a difference."""
    composed = _once(f"{key}-own-form", text.text, lambda _: is_normalized("NFC", text.text))
    if composed:
        return "NFC"
    joined = st.checkbox(
        "Letters and their accents are one character",
        value=True,
        key=f"{key}-own-joined",
        help="Some are two in this text: e and ´ look like é and are another spelling of it. As "
        "one (NFC) both spellings are the same to the model, here and in what you type for it.",
        persist_state="session",
    )
    return "NFC" if joined else ""


def _offered(text: "OwnText", items: bool, form: str, key: str) -> str | None:
    """What was read, and the button that stores it."""
    from lm_core.charts.words import bytes_size, count
    from lm_core.corpora.own import own_corpus

    corpus = _once(
        f"{key}-own-corpus",
        (text, items, form),
        lambda told: own_corpus(
            text.text, title=text.title, items=items, note=text.note, form=form, progress=told
        ),
        "Preparing it to be learned",
    )
    splits = corpus.splits.values()
    if items:
        size = count(sum(map(len, splits)), "different item")
    else:
        size = f"{len(text.text):,} characters"
    weight = bytes_size(len(text.text.encode("utf-8", "replace")))
    st.caption(f"Read: {size}, {weight}. {plain(f'{corpus.info.note} {corpus.info.split_rule}')}")
    st.text(f"It begins: {readable(' '.join(text.text[:400].split())[:160])} …")
    line = st.container(horizontal=True, vertical_alignment="bottom")
    name = line.text_input(
        "Name",
        key=f"{key}-own-name",
        placeholder=readable(text.title),
        max_chars=80,
        help="What you want to find it by, here and on every other page.",
    )
    if not line.button("Use this text", key=f"{key}-own-use"):
        return None
    sha = session.manager().give_text(corpus, session.visitor(), name)
    _forget(key)
    return sha


def _once(
    slot: str, source: Hashable, make: Callable[["Progress"], T], doing: str = "Reading the text"
) -> T:
    """What `make` gives, or the error it raises: made once and kept in this visitor's session, for
    the page runs anew at every click, until it is asked for another `source`."""
    kept = st.session_state.get(slot)
    if kept is None or kept[0] != source:
        bar = _Bar(doing)
        try:
            kept = (source, make(bar.tell), None)
        except LabError as error:
            kept = (source, None, error)
        bar.clear()
        st.session_state[slot] = kept
    if kept[2] is not None:
        raise kept[2]
    return kept[1]


class _Bar:
    """Shows how far something is that takes more than a moment."""

    def __init__(self, doing: str) -> None:
        self._doing, self._place, self._next = doing, st.empty(), time.monotonic() + MOMENT

    def tell(self, so_far: int, total: int) -> None:
        from lm_core.charts.words import percent

        if time.monotonic() < self._next:
            return
        share = min(1.0, so_far / total)
        self._place.progress(share, text=f"{self._doing}: {percent(round(share, 2))}")
        self._next = time.monotonic() + AGAIN

    def clear(self) -> None:
        self._place.empty()


def _forget(key: str) -> None:
    """Let go of what was read: it may be large."""
    for slot in _KEPT:
        st.session_state.pop(f"{key}-own-{slot}", None)
