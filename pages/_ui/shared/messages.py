"""Where in a message to the browser words stand: what Streamlit sends is put into another language
there, after all keys and ids were made of the English.

Options keep their English, since the browser answers with them: `everywhere.js` shows them in the
language, and is told of those that no list of labels can hold. Code, and what a component holds
beside its named words, are somebody's data, and stay; of tables and charts what is ours
(`cells.py`, `drawn.py`).
"""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lm_core.json_files import dumps
from pages._ui.shared.catalogue import FOREIGN, NUMBER, bare, localised
from pages._ui.shared.cells import Ours, columns_of, decimals, phrase, table
from pages._ui.shared.drawn import figure, specification

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    from pages._ui.shared.catalogue import Catalogue

WORDS = {
    "alt", "body", "caption", "captions", "delta", "delta_description", "help", "label",
    "page_name", "placeholder", "section_header", "text", "title",
}  # fields of any message  # fmt: skip
NEVER = {"code", "arrow_data", "latex", "exception", "new_session", "metadata", "default", "value"}
CALLED = ("label", "hint", "save")  # of a component
OURS = 'class="ours"'  # of an element among somebody's text: what is in it
TOLD = re.compile(r'(?<=\stitle=")[^"]*')  # while an element is pointed at
TAG = re.compile(r"(<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>)", re.DOTALL | re.IGNORECASE)
TEXT = re.compile(r"\\text\{([^{}$\\]+)\}")  # of a formula
LISTED = 400  # options of a choice, beyond which they are a list of somebody's
# A number of a formula, but not the length of a gap.
FIGURE = re.compile(rf"(?:{NUMBER.pattern})(?![\d\s]*(?:em|ex|pt|mu|cm|mm)\b)")
BADGE = re.compile(r":[a-z]+-badge\[(.+)\]")
Say = Callable[..., str]


def put(message: "ForwardMsg", known: "Catalogue") -> dict[str, str]:
    """Put the words of a message into a language, in place. Options of its choices, with what they
    are called in the language: those that are more than a label."""
    composed: dict[str, str] = {}
    _fields(message, known, composed)
    return composed


def _fields(message: "Message", known: "Catalogue", composed: dict[str, str]) -> None:
    say = known.say
    for field, value in message.ListFields():
        if field.name == "options":
            composed |= _options(value, known)
        if field.name in NEVER:
            continue
        if field.type == field.TYPE_MESSAGE:
            for one in value if _many(value) else [value]:
                _element(field.name, one, known, composed)
        elif field.name in WORDS and field.type == field.TYPE_STRING:
            if _many(value):
                value[:] = [say(one) for one in value]
            else:
                setattr(message, field.name, say(value))


def _options(options: Any, known: "Catalogue") -> dict[str, str]:
    """Of a choice, by what the browser shows: a list of words, or of messages with words."""
    if not _many(options) or len(options) > LISTED:
        return {}
    words = [getattr(one, "content", one) for one in options]
    said = {one: known.ours(one) for one in words if isinstance(one, str) and phrase(one)}
    shares = (one for one in words if isinstance(one, str) and one.endswith(" %"))
    said |= {one: localised(one) for one in shares if not said.get(one)}
    return {bare(one): bare(there) for one, there in said.items() if there and there != one}


def _element(name: str, element: Any, known: "Catalogue", composed: dict[str, str]) -> None:
    say, ours = known.say, known.ours
    match name:
        case "markdown" if element.element_type == element.Type.LATEX:
            element.body = formula(element.body, ours)
        case "markdown" if badge := BADGE.fullmatch(element.body):
            element.body = element.body.replace(badge[1], say(badge[1]), 1)
        case "text":
            element.body = say(element.body, FOREIGN)
        case "html":
            element.body = html(element.body, say, ours)
        case "plotly_chart":
            element.spec = figure(element.spec, say, ours)
            element.alt = say(element.alt)
        case "vega_lite_chart":
            element.spec = specification(element.spec, say, ours, _data(element))
            element.alt = say(element.alt)
        case "dataframe":
            data = element.arrow_data.data
            read = bool(data) and not element.editing_mode
            held = None if read else _held(element)
            element.columns = columns(element.columns, _headings(data), say, data if read else b"")
            if data:
                element.arrow_data.data = table(data, ours, held)
            element.placeholder = say(element.placeholder)
            element.alt = say(element.alt)
        case "bidi_component":
            holder = element.mixed if element.HasField("mixed") else element
            if holder.json:
                holder.json = component(holder.json, say)
        case _:
            if hasattr(element, "ListFields"):
                _fields(element, known, composed)


def _data(chart: Any) -> dict[str, list]:
    """The words that stand in the data of a chart, by column."""
    found: dict[str, list] = {}
    for sent in [chart.data, *(one.data for one in chart.datasets)]:
        for name, words in columns_of(sent.data).items() if sent.data else ():
            found.setdefault(name, []).extend(words)
    return found


def _many(value: object) -> bool:
    return not isinstance(value, str | bytes) and hasattr(value, "__len__")


def html(body: str, say: Say, ours: Ours) -> str:
    """The text between tags; styles and scripts stay, and so does what is shorter than a sentence,
    unless it is a figure with our words, or marked as ours."""

    def said(piece: str, tag: str) -> str:
        if OURS in tag:
            return say(piece)
        there = say(piece, FOREIGN)
        figure = there == piece and re.search(r"\d", piece) and phrase(piece)
        return (ours(piece) if figure else None) or there

    pieces = TAG.split(body)
    for n, piece in enumerate(pieces):
        if n % 2:
            pieces[n] = TOLD.sub(lambda found: ours(found[0]) or found[0], piece)
        elif piece.strip():
            pieces[n] = said(piece, pieces[n - 1] if n else "")
    return "".join(pieces)


def component(data: str, say: Say) -> str:
    """A component of ours: what it is called and how it is used; all else is somebody's text."""
    made = json.loads(data) if data else None
    if not isinstance(made, dict) or not set(made) & set(CALLED):
        return data
    made |= {k: say(v) for k, v in made.items() if k in CALLED and isinstance(v, str)}
    for token in made.get("tokens", ()):  # a text with what is told while it is pointed at
        if isinstance(token, list) and len(token) > 1 and isinstance(token[1], str):
            token[1] = say(token[1])
    return dumps(made)


def formula(body: str, ours: Ours) -> str:
    """The words of a formula, `\\text{loss}`, and its numbers; its signs and names stay."""

    def said(found: re.Match[str]) -> str:
        inner = found[1].strip()
        there = ours(f"text{{{inner}}}")  # a word of a formula has its own entry
        return found[0].replace(inner, there) if there else found[0]

    told = TEXT.sub(said, body)
    return FIGURE.sub(lambda found: localised(found[0]).replace(",", "{,}"), told)


def columns(configured: str, headings: list[str], say: Say, data: bytes = b"") -> str:
    """The columns of a table: each heading by a label, which its name would be without one.

    Args:
        data: of one that is only read, whose numbers are written in the language's way.
    """
    made = json.loads(configured) if configured else {}
    if data:
        decimals(made, data)
    for heading in headings:
        one = made.get(heading, {})
        if one is None:  # it is not shown
            continue
        label, about = one.get("label") or heading, one.get("help")
        if (said := say(label)) != label:
            one["label"] = said
        if about:
            one["help"] = say(about)
        if one:
            made[heading] = one
    return dumps(made)


def _held(table: Any) -> list[str]:
    """Columns that are only read in a table that is filled in. Where a figure is typed it stands as
    it is typed, with a point: the browser's field for it knows no comma."""
    if table.disabled:
        return _headings(table.arrow_data.data)
    configured = json.loads(table.columns or "{}").items()
    return [name for name, one in configured if one and one.get("disabled")]


def _headings(data: bytes) -> list[str]:
    if not data:
        return []
    import pyarrow

    return [str(name) for name in pyarrow.ipc.open_stream(data).schema.names]
