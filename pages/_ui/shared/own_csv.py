"""A CSV of the visitor's, pasted or uploaded: what a screen of numbers reads its own data from."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable
from pages._ui.shared import session
from pages._ui.shared.made_once import made_once
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.corpora.corpus import Numbers
    from lm_core.corpora.own import OwnText

PASTE, UPLOAD = "Paste", "Upload a file"


def own_csv(key: str, *, example: str) -> "OwnText | None":
    """The text of a table, once there is one.

    Args:
        example: how a table begins that can be read.

    Raises:
        LabError: it is no text, or too large.
    """
    from lm_core.corpora.decoding import check_size
    from lm_core.corpora.own import decode_upload, from_paste

    how = st.segmented_control(
        "Your own table",
        [PASTE, UPLOAD],
        default=PASTE,
        required=True,
        key=f"{key}-own-how",
        help="It stays on the machine that runs this lab.",
    )
    slot = f"{key}-own-read"
    if how == PASTE:
        typed = st.text_area(
            "Table",
            height=160,
            key=f"{key}-own-text",
            placeholder=example,
            persist_state="session",
        )
        if not typed:
            st.caption("Paste something, then press Ctrl+Enter or click outside the box.")
            return None
        return made_once(slot, typed, lambda _: from_paste(typed, title="Pasted table"))
    # No `type=`: a file of another kind gets the library's sentence, which says the mend.
    file = st.file_uploader("A .csv or .tsv of at most 10 MB", key=f"{key}-own-file")
    if file is None:
        return None
    check_size(file.size)
    return made_once(slot, file.file_id, lambda _: decode_upload(file.name, file.getvalue()))


def used(
    key: str, text: "OwnText", asked: Sequence[object], make: Callable[[], "Numbers"]
) -> str | None:
    """What was made of it, and the button that stores it; its SHA-256 once that was pressed.

    Args:
        asked: what else it was made by, so that it is made once.

    Raises:
        LabError: it cannot be made, or not stored.
    """
    corpus = made_once(f"{key}-own-corpus", (text.text, *asked), lambda _: make())
    sizes = {name: len(next(iter(part.tensors.values()))) for name, part in corpus.splits.items()}
    told = plain(f"{corpus.info.note} {corpus.info.split_rule}".strip())
    st.caption(f"Read: {sum(sizes.values()):,} rows. {told}")
    line = st.container(horizontal=True, vertical_alignment="bottom")
    name = line.text_input(
        "Name",
        key=f"{key}-own-name",
        placeholder=readable(text.title),
        max_chars=80,
        help="What you want to find it by, here and on every other page.",
    )
    if not line.button("Use this table", key=f"{key}-own-use"):
        return None
    sha = session.manager().give_text(corpus, session.visitor(), name)
    for slot in ("read", "corpus"):
        st.session_state.pop(f"{key}-own-{slot}", None)
    return sha
