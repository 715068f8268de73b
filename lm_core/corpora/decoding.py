"""Bytes to text, strictly: what is not plain text is refused with a sentence that says the mend.

UTF-8 is the rule. UTF-16 and UTF-32 are read when their byte-order mark says so, or a look; what
else it may be is guessed, and the note says that it was, unless whoever gives it says what it is. A
mark inside, where files were joined, is no letter.
"""

import codecs
import re
import unicodedata

from lm_core.corpora.guessing import LATIN, OTHERS, guess
from lm_core.errors import BadSettings, BadText, nearest
from lm_core.figures import count

MAX_BYTES = 10_000_000  # of an upload or a paste

# That can be said: Python's name -> what it is called.
ENCODINGS = {"utf-8": "UTF-8", "utf-16-le": "UTF-16 (LE)", "utf-16-be": "UTF-16 (BE)"}
ENCODINGS |= LATIN | OTHERS

_MARKS = (  # the longer marks first: UTF-32's starts with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
_MARK = "\ufeff"
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_MAX_CONTROLS = 0.01  # of the characters; more is not text
_MIN_ASCII = 0.05  # of the characters of UTF-16: its spaces and line ends, if nothing else
_LOOKED_AT = 100_000  # characters


def check_size(size: int, limit: int = MAX_BYTES) -> None:
    """Refuse by size alone, before any work.

    Raises:
        BadText: `size` is over `limit` bytes.
    """
    if size > limit:
        raise BadText(
            f"This is {size / 1e6:,.1f} MB and {limit / 1e6:,.0f} MB is the most: "
            "cut out a part and give that."
        )


def plainly_utf8(data: bytes) -> bool:
    """Whether there is nothing to guess."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def decode(data: bytes, *, limit: int = MAX_BYTES, encoding: str = "") -> tuple[str, str]:
    """The text of `data` with newlines as "\\n", and a note: "" or a sentence on what was done.

    Args:
        encoding: one of ENCODINGS, which it is then read in; a letter that is none there becomes
            �. "" is what it looks like.

    Raises:
        BadText: too large, empty, a single character, binary, or in an encoding that is not known.
        BadSettings: an encoding that is not among them.
    """
    check_size(len(data), limit)
    text, note = _as_said(data, encoding) if encoding else _characters(data)
    text, dropped = tidy(text)
    return text, " ".join(filter(None, (note, dropped)))


def tidy(text: str) -> tuple[str, str]:
    """Text with newlines as "\\n" and without stray control characters, and a note.

    Raises:
        BadText: empty, a single character, or full of control characters.
    """
    if "\0" in text:
        raise BadText(_BINARY)
    text = _SURROGATES.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    controls = len(_CONTROLS.findall(text))
    if controls > _MAX_CONTROLS * len(text):
        raise BadText(_BINARY)
    marks = text.count(_MARK)
    text = _CONTROLS.sub("", text).replace(_MARK, "")
    visible = len(text.strip())
    if visible == 0:
        raise BadText("There is no text in this: give a text of at least a few lines.")
    if visible == 1:
        raise BadText("This is a single character: give a text of at least a few lines.")
    out = [(marks, "byte-order mark"), (controls, "control character")]
    said = ", ".join(count(n, thing) for n, thing in out if n)
    return text, f"Left out: {said}." if said else ""


def _as_said(data: bytes, encoding: str) -> tuple[str, str]:
    if encoding not in ENCODINGS:
        near = nearest(encoding, ENCODINGS)
        raise BadSettings(f"There is no encoding {encoding!r} here{near}")
    text = data.decode(encoding, "replace")
    broken = text.count("\ufffd") - data.decode(encoding, "ignore").count("\ufffd")
    lost = f" {count(broken, 'letter')} of it could not be read." if broken else ""
    return text, f"Read as {ENCODINGS[encoding]}, as you said.{lost}"


def _characters(data: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            name = encoding.removesuffix("-sig").upper()
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                raise BadText(
                    f"This says it is {name} but is damaged: save it again as plain UTF-8 text."
                ) from None
            return text, "" if name == "UTF-8" else f"Read as {name}."
    if b"\0" in data:
        return _unmarked(data)
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        first = error.start
    if _mostly_utf8(data):
        line = data.count(b"\n", 0, first) + 1
        raise BadText(f"This is UTF-8 with broken letters (line {line:,}): save it again as UTF-8.")
    found = guess(data, first)
    if found is None or not _is_text(found[0]):
        raise BadText(
            "This is not UTF-8, and what else it is cannot be told: open it in a text editor and "
            "save it as plain text with the encoding UTF-8."
        )
    return found


_BINARY = (
    "This is not plain text (a picture, say, or a document of a word processor): save it as plain "
    "text with the encoding UTF-8."
)


def _unmarked(data: bytes) -> tuple[str, str]:
    """UTF-16 or UTF-32 without its mark: in the right one, some of the letters are ASCII."""
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        ascii_share = sum(c < "\x80" for c in text[:_LOOKED_AT]) / max(1, len(text[:_LOOKED_AT]))
        if "\0" not in text and ascii_share > _MIN_ASCII and _is_text(text):
            return text, f"Without a mark of its encoding: read as {encoding.upper()}, a guess."
    raise BadText(_BINARY)


def _mostly_utf8(data: bytes) -> bool:
    """More whole multi-byte letters than broken ones: damaged UTF-8 and no other encoding."""
    whole = sum(c > "\x7f" for c in data.decode("utf-8", "ignore"))
    broken = data.decode("utf-8", "replace").count("\ufffd")
    return whole > broken


def _is_text(text: str) -> bool:
    """Few control characters, and few signs that stand for nothing."""
    strange = sum(unicodedata.category(c) in ("Cn", "Co", "Cs") for c in text[:_LOOKED_AT])
    controls = len(_CONTROLS.findall(text))
    return strange + controls <= _MAX_CONTROLS * len(text)
