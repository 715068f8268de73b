"""The visitor's own texts: which there are, and what can be done with one.

They are listed from the record, by whose they are, so that every page of this browser has them and
no other's does. A text that somebody's link leads to is shown too, for as long as the page is open.
"""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.errors import LabError, StoreUnavailable
from lm_core.visible import readable
from pages._ui.shared import session
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.runs.own_texts import OwnText

ENDINGS = {"pairs": ".tsv"} | dict.fromkeys(  # of a download; others: .txt
    ("classes", "values", "series", "table classes", "table values", "picture values"), ".csv"
)
_LINKED = "linked_texts"  # in the session: SHA-256 -> text


def own_texts() -> dict[str, "OwnText"]:
    """SHA-256 -> text, of all this visitor gave that are stored yet, the latest first."""
    return {one.text: one for one in reversed(_given()) if one.here}


def linked_texts() -> dict[str, "OwnText"]:
    """SHA-256 -> text, of those that a link led to. A SHA-256 cannot be guessed: who has the link
    was given it."""
    return st.session_state.setdefault(_LINKED, {})


def find(sha: str) -> "OwnText | None":
    """The text of that SHA-256, if it is stored and this visitor may read it."""
    from lm_core.corpora.own import has_own, load_own
    from lm_core.runs.own_texts import OwnText

    if not has_own(sha):
        return None
    mine, linked = own_texts(), linked_texts()
    if sha not in mine and sha not in linked:
        try:
            corpus = load_own(sha)
        except LabError:
            return None  # damaged: the visitor gives it again
        linked[sha] = OwnText(sha, corpus.info.title, corpus.info.kind)
    return mine.get(sha) or linked[sha]


def readable_texts() -> dict[str, "OwnText"]:
    """SHA-256 -> text, of all that this visitor may read now."""
    mine = own_texts()
    linked = {sha: one for sha, one in linked_texts().items() if one.here and sha not in mine}
    return mine | linked


def called(corpus: str) -> str:
    """What the visitor calls an own text, by the name of its corpus; "" where it is none."""
    from lm_core.corpora.own import is_own, own_key

    text = readable_texts().get(own_key(corpus)) if is_own(corpus) else None
    return text.title if text else ""


def labels(texts: dict[str, "OwnText"]) -> dict[str, str]:
    """SHA-256 -> what each of `readable_texts` is called in a list of choices, no two alike."""
    from lm_core.charts.words import numbered_apart

    linked = linked_texts()
    called = {
        sha: f"{'From a link' if linked.get(sha) is one else 'Yours'}: {readable(one.title)}"
        for sha, one in texts.items()
    }
    return dict(zip(called, numbered_apart(list(called.values())), strict=True))


def gone() -> None:
    """Say which texts had to go, until it was read."""
    lost = [one for one in _given() if not one.here]
    if not lost:
        return
    titles = ", ".join(f"“{plain(one.title)}”" for one in lost)
    st.caption(
        f"No longer stored: {titles}. When the disk is full, texts that nobody read for the "
        "longest time go first. Give what you need again."
    )
    if st.button("Understood", key="own-texts-gone"):
        for one in lost:
            session.manager().store.texts.remove(session.visitor(), one.text)
        st.rerun()


def actions(sha: str, *, key: str) -> bool:
    """A text of the visitor's can be named, downloaded and deleted; whether it was deleted now."""
    text = own_texts().get(sha)
    if text is None:
        return False  # of a link: its owner's
    with st.popover("Name, download, delete", key=f"{key}-own-actions"):
        _rename(text, key)
        st.download_button(
            "Download",
            lambda: _file(sha),
            file_name=f"{readable(text.title)}{ENDINGS.get(text.kind, '.txt')}",
            mime="text/csv" if text.kind in ENDINGS else "text/plain",
            key=f"{key}-own-download",
            on_click="ignore",
            help="As models read it: of a list without its doubles, and in the order it was "
            "shuffled into.",
        )
        return _delete(text, key)


def _rename(text: "OwnText", key: str) -> None:
    line = st.container(horizontal=True, vertical_alignment="bottom")
    name = line.text_input("Name", text.title, key=f"{key}-own-rename-{text.text}", max_chars=80)
    if line.button("Keep", key=f"{key}-own-keep"):
        with session.mending():
            session.manager().rename_text(text.text, session.visitor(), name)
            st.rerun()


def _delete(text: "OwnText", key: str) -> bool:
    """The button, and the question before anything is done; whether it was deleted now."""
    asked = f"{key}-own-asked"
    if st.session_state.get(asked) != text.text:
        if st.button("Delete", key=f"{key}-own-delete"):
            st.session_state[asked] = text.text
            st.rerun()
        return False
    st.markdown(
        f"Delete “{plain(text.title)}”? Models that learned it stay and write as before. Their "
        "runs can be resumed only after you give the same text again."
    )
    with st.container(horizontal=True):
        sure = st.button("Delete it", key=f"{key}-own-sure")
        if st.button("Keep it", key=f"{key}-own-unsure"):
            del st.session_state[asked]
            st.rerun()
    if sure:
        del st.session_state[asked]
        with session.mending():
            session.manager().delete_text(text.text, session.visitor())
            linked_texts().pop(text.text, None)
            st.toast(f"“{plain(text.title)}” is deleted.")
            return True
    return False


def _given() -> "list[OwnText]":
    try:
        return session.manager().store.texts.of(session.visitor())
    except StoreUnavailable:
        return []  # whoever asks the store for more is told


def _file(sha: str) -> bytes:
    from lm_core.corpora.own import as_text, load_own

    corpus = load_own(sha)
    # A spreadsheet takes a table without a mark for one of the machine's old encoding.
    return as_text(corpus).encode("utf-8-sig" if corpus.info.kind in ENDINGS else "utf-8")
