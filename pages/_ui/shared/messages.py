"""Where in a message to the browser words stand: what Streamlit sends is put into another language
there, after all keys and ids were made of the English.

Options keep their English, since the browser answers with them: `everywhere.js` shows them in the
language. Code, cells of tables, lists that are drawn, and what a component holds beside its named
words are somebody's data, and stay.
"""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lm_core.json_files import dumps

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

WORDS = {
    "alt", "body", "caption", "captions", "delta", "delta_description", "help", "label",
    "page_name", "placeholder", "section_header", "text", "title",
}  # fields of any message  # fmt: skip
NEVER = {"code", "arrow_data", "latex", "exception", "new_session", "metadata", "default", "value"}
# Of a plotly figure or an altair specification: what a key like these holds is words of ours.
DRAWN = {"title", "text", "name", "label", "description", "hovertemplate", "labelExpr"}
CALLED = ("label", "hint", "save")  # of a component
TAG = re.compile(r"(<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>)", re.DOTALL | re.IGNORECASE)
FOREIGN = 3  # words that a sentence has at least, where what is drawn may be tokens and names
Say = Callable[..., str]


def put(message: "ForwardMsg", say: Say) -> None:
    """Put the words of a message into a language, in place."""
    _fields(message, say)


def _fields(message: "Message", say: Say) -> None:
    for field, value in message.ListFields():
        if field.name in NEVER:
            continue
        if field.type == field.TYPE_MESSAGE:
            for one in value if _many(value) else [value]:
                _element(field.name, one, say)
        elif field.name in WORDS and field.type == field.TYPE_STRING:
            if _many(value):
                value[:] = [say(one) for one in value]
            else:
                setattr(message, field.name, say(value))


def _element(name: str, element: Any, say: Say) -> None:
    match name:
        case "markdown" if element.element_type == element.Type.LATEX:
            return
        case "text":
            element.body = say(element.body, FOREIGN)
        case "html":
            element.body = html(element.body, say)
        case "plotly_chart":
            element.spec = figure(element.spec, say)
            element.alt = say(element.alt)
        case "vega_lite_chart":
            element.spec = specification(element.spec, say)
            element.alt = say(element.alt)
        case "dataframe":
            element.columns = columns(element.columns, _headings(element.arrow_data.data), say)
            element.placeholder = say(element.placeholder)
            element.alt = say(element.alt)
        case "bidi_component":
            holder = element.mixed if element.HasField("mixed") else element
            if holder.json:
                holder.json = component(holder.json, say)
        case _:
            if hasattr(element, "ListFields"):
                _fields(element, say)


def _many(value: object) -> bool:
    return not isinstance(value, str | bytes) and hasattr(value, "__len__")


def html(body: str, say: Say) -> str:
    """The text between tags; styles and scripts stay."""
    pieces = TAG.split(body)
    return "".join(
        piece if n % 2 or not piece.strip() else say(piece, FOREIGN)
        for n, piece in enumerate(pieces)
    )


def figure(spec: str, say: Say) -> str:
    """A plotly figure: titles, names, what is said on hovering; numbers in the language's way."""
    if not spec:
        return spec
    made = json.loads(spec)
    made.setdefault("layout", {})["separators"] = ",."
    return dumps(_drawn(made, say))


def specification(spec: str, say: Say) -> str:
    """A specification of Vega-Lite: titles and words that are drawn."""
    return dumps(_drawn(json.loads(spec), say)) if spec else spec


def _drawn(value: Any, say: Say, key: str = "") -> Any:
    match value:
        case dict():
            return {name: _drawn(one, say, name) for name, one in value.items()}
        case list() if key != "title" and not any(isinstance(one, dict | list) for one in value):
            return value  # what is drawn: tokens, names, numbers
        case list():
            return [_drawn(one, say, key) for one in value]
        case str() if key in DRAWN:
            return say(value, 1 if key == "title" else 2)
    return value


def component(data: str, say: Say) -> str:
    """A component of ours: what it is called and how it is used; all else is somebody's text."""
    made = json.loads(data) if data else None
    if not isinstance(made, dict) or not set(made) & set(CALLED):
        return data
    return dumps({k: say(v) if k in CALLED and isinstance(v, str) else v for k, v in made.items()})


def columns(configured: str, headings: list[str], say: Say) -> str:
    """The columns of a table: each heading by a label, which its name would be without one."""
    made = json.loads(configured) if configured else {}
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


def _headings(data: bytes) -> list[str]:
    if not data:
        return []
    import pyarrow

    return [str(name) for name in pyarrow.ipc.open_stream(data).schema.names]
