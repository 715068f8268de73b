"""Text as byte pairs (BPE) in a written script: merged as it was when the vocabulary was made."""

import re
import unicodedata
from functools import cache
from itertools import pairwise

from lm_core.export.plain.about import BOUNDARY, FORM, MERGES, TOKENS
from lm_core.texts import in_form


@cache
def places():
    """The id of each token; the boundary is none."""
    return {token: i for i, token in enumerate(TOKENS) if i != BOUNDARY}


@cache
def ranks():
    """Of each pair that becomes one token, how early that was found: lower goes first."""
    return {pair: rank for rank, pair in enumerate(MERGES)}


@cache
def kind(char):
    """L a letter, N a number, o another sign; the space itself, and s for any other space."""
    if char == " " or char in "\t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000":
        return " " if char == " " else "s"
    if "\u2000" <= char <= "\u200a":
        return "s"
    general = unicodedata.category(char)[0]
    return general if general in "LN" else "o"


def pieces(text):
    """The text cut as GPT-2 cuts it: no token reaches over a cut. A piece is a run of letters, of
    numbers or of signs, with the space before it; a short ending ('s, 'll); or spaces."""
    kinds = "".join(map(kind, text))
    endings = re.compile("'(?:s|t|re|ve|m|ll|d)")
    runs = re.compile("(?: ?L+| ?N+| ?o+|[ s]+(?![LNo])|[ s]+)")
    at = 0
    while at < len(text):
        found = endings.match(text, at) or runs.match(kinds, at)
        yield text[at : found.end()]
        at = found.end()


@cache
def merged(piece):
    """Ids of a piece: its bytes, of which the pair that was found first becomes one, again and
    again, until no pair is known."""
    parts = [bytes([byte]) for byte in piece.encode("utf-8", "replace")]
    unknown = len(MERGES)
    while len(parts) > 1:
        found = [ranks().get(pair, unknown) for pair in pairwise(parts)]
        if min(found) == unknown:
            break
        i = found.index(min(found))
        parts[i : i + 2] = [parts[i] + parts[i + 1]]
    return [places()[part] for part in parts]


def encode(text):
    """Text -> ids. Every byte is a token, so nothing is unknown."""
    return [i for piece in pieces(in_form(text, FORM)) for i in merged(piece)]


def decode(ids):
    """Ids -> text; bytes that are no whole letter show as \\ufffd."""
    text = b"".join(b"\n" if i == BOUNDARY else TOKENS[i] for i in ids)
    return text.decode("utf-8", "replace")
