"""Text as words in a written script: those of torchtext's `basic_english`."""

from functools import cache

from lm_core.export.plain.about import BOUNDARY, FORM, WORDS
from lm_core.texts import in_form


@cache
def places():
    """The id of each word; the boundary is none."""
    return {word: i for i, word in enumerate(WORDS) if i != BOUNDARY}


def split(text):
    """Words in small letters; signs are words of their own, or gone."""
    apart = {"'": " '  ", '"': "", ".": " . ", "<br />": " ", ",": " , ", "(": " ( ", ")": " ) "}
    apart |= {"!": " ! ", "?": " ? ", ";": " ", ":": " "}
    text = text.lower()
    for sign, instead in apart.items():
        text = text.replace(sign, instead)
    return text.split()


def encode(text):
    """Text -> ids, one for each word; 0 for those it does not know."""
    return [places().get(word, 0) for word in split(in_form(text, FORM))]


def decode(ids):
    """Ids -> text, with spaces where they are usual."""
    text, quiet = "", True  # quiet: no space comes next
    for i in ids:
        if i == BOUNDARY:
            text, quiet = text + "\n", True
        else:
            text += WORDS[i] if quiet or WORDS[i] in set(".,!?):;'") else f" {WORDS[i]}"
            quiet = WORDS[i] in ("(", "'")
    return text
