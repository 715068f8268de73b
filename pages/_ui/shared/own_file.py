"""A file of the visitor's own, and the encoding that it is written in."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.made_once import made_once

if TYPE_CHECKING:
    from lm_core.corpora.own import OwnFile


def uploaded(key: str) -> "OwnFile | None":
    """What was read of it; None before there is a file.

    Raises:
        LabError: it cannot be read as text.
    """
    from lm_core.corpora.decoding import check_size, plainly_utf8
    from lm_core.corpora.own import decode_upload

    # No `type=`: a file of another kind gets the library's sentence, which says the mend.
    file = st.file_uploader("A .txt, .md, .csv or .tsv of at most 10 MB", key=f"{key}-own-file")
    if file is None:
        return None
    check_size(file.size)
    said = made_once(f"{key}-own-utf8", file.file_id, lambda _: plainly_utf8(file.getvalue()))
    encoding = "" if said else _encoding(key)
    return made_once(
        f"{key}-own-read",
        (file.file_id, encoding),
        lambda _: decode_upload(file.name, file.getvalue(), encoding=encoding),
    )


def _encoding(key: str) -> str:
    """What a file is written in that is not plainly UTF-8: a guess, until the visitor says it."""
    from lm_core.corpora.decoding import ENCODINGS

    return st.selectbox(
        "Encoding",
        ["", *ENCODINGS],
        format_func=lambda name: ENCODINGS.get(name, "As it looks"),
        key=f"{key}-own-encoding",
        help="This file is not plainly UTF-8. Which letters its bytes stand for is guessed: look "
        "at its letters below, and say it where the guess is wrong.",
    )
