"""The visitor's own data: paste it or upload it, say what it is, see what was read, then use it.

Running text, a list, pairs in two columns, texts with a class or with a number: what it looks like
is guessed, and the visitor decides.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import is_normalized

import streamlit as st

from lm_core.errors import LabError
from lm_core.visible import readable
from pages._ui.shared import session
from pages._ui.shared.made_once import made_once
from pages._ui.shared.own_file import uploaded
from pages._ui.shared.own_kinds import KINDS, WORDS, example_of, size_of
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.corpora.own import OwnFile, OwnText
    from lm_core.corpora.own_kind import KindGuess

PASTE, COLUMNS, UPLOAD = "Paste", "Paste two columns", "Upload a file"
CALLED = 40  # characters of the name of a side, or of a unit
_KEPT = (
    "read",
    "utf8",
    "table",
    "form",
    "guess",
    "look",
    "of",
    "corpus",
)  # in the session, while needed


def own_text(*, key: str, kinds: Sequence[str] = tuple(KINDS)) -> str | None:
    """The card in which data is given.

    Args:
        kinds: that it may be.

    Returns:
        the SHA-256 under which it was stored when the button was pressed in this run, else None.
        What cannot be used gets one sentence, and what was typed stays.
    """
    ways = [PASTE, COLUMNS, UPLOAD] if "pairs" in kinds else [PASTE, UPLOAD]
    with st.container(border=True):
        how = st.segmented_control(
            "Your own text",
            ways,
            default=PASTE,
            required=True,
            key=f"{key}-own-how",
            help="It stays on the machine that runs this lab.",
        )
        with session.mending():
            if how == COLUMNS:
                text, kind = _columns(key), "pairs"
            else:
                text, kind = _read(_pasted(key) if how == PASTE else _uploaded(key), kinds, key)
            if text is None:
                return None
            return _offered(text, kind, _form(text, key), key)
    return None


def _pasted(key: str) -> "OwnText | None":
    from lm_core.corpora.own import from_paste

    typed = st.text_area(
        "Text",
        height=160,
        key=f"{key}-own-text",
        placeholder="Paste a text of at least 200 characters; a list with an item a line; pairs "
        "with a tab between the two sides of each line; or a table with the columns text and "
        "label.",
        persist_state="session",
    )
    if not typed:
        st.caption("Paste something, then press Ctrl+Enter or click outside the box.")
        return None
    return made_once(f"{key}-own-read", typed, lambda _: from_paste(typed, title=_titled(typed)))


def _columns(key: str) -> "OwnText | None":
    from lm_core.corpora.own import from_paste
    from lm_core.corpora.own_pairs import paste_columns

    places = st.columns(2)
    left, right = (
        place.text_area(
            label,
            height=160,
            key=f"{key}-own-{side}",
            placeholder="One line for each pair, in the same order on both sides.",
            persist_state="session",
        )
        for place, label, side in zip(
            places, ("Left column", "Right column"), ("left", "right"), strict=True
        )
    )
    if not left or not right:
        st.caption("Paste both columns, then press Ctrl+Enter or click outside the boxes.")
        return None
    return made_once(
        f"{key}-own-read",
        (left, right),
        lambda _: from_paste(paste_columns(left, right), title=_titled(left)),
    )


def _uploaded(key: str) -> "OwnFile | None":
    given = uploaded(key)
    if given is None:
        _forget(key)
    return given


def _titled(typed: str) -> str:
    return f"{' '.join(typed[:400].split()[:4])[:32]} …"


def _read(given: "OwnText | None", kinds: Sequence[str], key: str) -> "tuple[OwnText | None, str]":
    """The text to learn from, of a table its column, and what it is: as it looks, until the visitor
    says otherwise.

    Raises:
        LabError: it is a table without text.
    """
    from lm_core.corpora.own_kind import guess_kind

    if given is None:
        return None, ""
    said, of = f"{key}-own-kind", f"{key}-own-of"
    guess = made_once(f"{key}-own-guess", given.text, lambda _: guess_kind(given.text))
    source, text, wrong = (given.title, guess.kind), given, None
    before, looked = st.session_state.get(of, (None, None))
    chosen = st.session_state.get(said) if before == source else None
    above, below = st.container(), st.container()
    worded = getattr(given, "table", False) and (chosen or guess.kind) in WORDS
    if worded:
        try:
            with below:
                text, guess = _column(given, key)
        except LabError as error:  # it may be read as another kind
            wrong = error
    fitting = guess.kind if guess.kind in kinds else _nearest(given, kinds)
    another = worded and looked not in (None, fitting)  # column, that looks otherwise
    if chosen not in kinds or another:
        st.session_state[said] = fitting
    st.session_state[of] = source, fitting if worded else looked
    with above:
        kind = st.selectbox(
            "What it is",
            [kind for kind in KINDS if kind in kinds],
            format_func=lambda kind: KINDS[kind][0],
            key=said,
            help="Of a list each line stands for itself, doubles go and the order does not "
            "matter; running text is read from beginning to end. A table of texts has the columns "
            "text and label.",
            persist_state="session",
        )
        other = "" if guess.kind in kinds else ", which is not for this page"
        st.caption(plain(f"It looks like {KINDS[guess.kind][1]}{other}: {guess.why}."))
    if wrong and kind in WORDS:
        raise wrong
    return text, kind


def _column(given: "OwnFile", key: str) -> "tuple[OwnText, KindGuess]":
    """The column of a table that holds the text, and what its lines look like."""
    from lm_core.corpora.own import OwnTable
    from lm_core.corpora.own_kind import guess_kind, guess_words

    table = made_once(f"{key}-own-table", given.text, given.opened)
    if not isinstance(table, OwnTable):  # articles and summaries: both columns are the text
        return table, guess_kind(given.text)
    heading = st.checkbox(
        "The first line is a heading",
        value=table.table.heading,
        key=f"{key}-own-heading-{hash(given.text):x}",
    )
    columns = table.table.columns(heading)
    column = columns[0]
    if len(columns) > 1:
        column = st.selectbox(
            "Column with the text", columns, format_func=readable, key=f"{key}-own-column"
        )
    text = table.read(column, heading)
    return text, made_once(f"{key}-own-look", text.text, lambda _: guess_words(text.text))


def _nearest(given: "OwnText", kinds: Sequence[str]) -> str:
    """What it is where it cannot be what it looks like."""
    from lm_core.corpora.own_kind import guess_words

    words = guess_words(given.text).kind
    return words if words in kinds else next(kind for kind in KINDS if kind in kinds)


def _form(text: "OwnText", key: str) -> str:
    """The form of Unicode to read it in: asked where it makes a difference."""
    composed = made_once(f"{key}-own-form", text.text, lambda _: is_normalized("NFC", text.text))
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


def _offered(text: "OwnText", kind: str, form: str, key: str) -> str | None:
    """What was read, and the button that stores it."""
    from lm_core.charts.words import bytes_size
    from lm_core.corpora.own_kind import corpus_of

    said = (("title", text.title), ("note", text.note), ("form", form), *_called(kind, key))
    corpus = made_once(
        f"{key}-own-corpus",
        (text.text, kind, said),
        lambda told: corpus_of(kind, text.text, progress=told, **dict(said)),
        "Preparing it to be learned",
    )
    weight = bytes_size(len(text.text.encode("utf-8", "replace")))
    told = plain(f"{corpus.info.note} {corpus.info.split_rule}")
    st.caption(f"Read: {size_of(corpus, text)}, {weight}. {told}")
    st.text(example_of(corpus, text))
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


def _called(kind: str, key: str) -> tuple[tuple[str, Any], ...]:
    """What the visitor calls the sides of pairs, or the unit of numbers, where they say so: as
    `corpus_of` takes it."""

    def word(label: str, name: str, help: str) -> str:
        given = line.text_input(
            label,
            key=f"{key}-own-{name}",
            max_chars=CALLED,
            width=200,
            help=help,
            persist_state="session",
        )
        return " ".join(readable(given).split())

    line = st.container(horizontal=True)
    if kind == "values":
        unit = word("Unit of the numbers", "unit", "Such as years, or stars. May stay empty.")
        return (("unit", unit),)
    if kind == "pairs":
        help = "Such as English. Empty, it is as the first line says, or Source and Target."
        sides = word("Left side", "source", help), word("Right side", "target", help)
        return (("sides", sides),) if all(sides) else ()
    return ()


def _forget(key: str) -> None:
    """Let go of what was read: it may be large."""
    for slot in _KEPT:
        st.session_state.pop(f"{key}-own-{slot}", None)
