"""Text: whole characters, in one form of Unicode; on its way to a person one line, not too long."""

import unicodedata

MOST = 500  # characters of a sentence that quotes what was given
HEAD = 320  # of them before the cut: a sentence begins with what is wrong and ends with the mend


def is_text(text: str) -> bool:
    """Whether `text` can be written at all. What came from bytes that are not UTF-8 holds halves
    of characters (lone surrogates), which no encoding takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def one_line(sentence: str) -> str:
    """A sentence that may quote anything, as one line of at most MOST characters: a line break or
    a control character in it is spelled out ("\\n", "\\x1b"), and the middle of a long one left
    out."""
    if not sentence.isprintable():
        sentence = "".join(c if c.isprintable() else _spelled(c) for c in sentence)
    if len(sentence) > MOST:
        sentence = f"{sentence[:HEAD]} … {sentence[HEAD + 3 - MOST :]}"
    return sentence


def _spelled(char: str) -> str:
    return char.encode("unicode_escape").decode()


def in_form(text: str, form: str) -> str:
    """`text` in a form of Unicode: "NFC" makes a letter and its accents one character, "" leaves it
    as it stands."""
    return unicodedata.normalize(form, text) if form else text
