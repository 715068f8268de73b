"""Text as characters in a written script."""

from functools import cache

from lm_core.export.plain.about import CHARS, FORM
from lm_core.texts import in_form


@cache
def places():
    """The id of each character."""
    return {char: i for i, char in enumerate(CHARS)}


def encode(text):
    """Text -> ids, one for each character."""
    text, known = in_form(text, FORM), places()
    strange = sorted(set(text) - set(known))
    if strange:
        raise SystemExit(f"This model never saw {' '.join(map(repr, strange[:5]))}: leave it out.")
    return [known[char] for char in text]


def decode(ids):
    """Ids -> text."""
    return "".join(CHARS[i] for i in ids)
