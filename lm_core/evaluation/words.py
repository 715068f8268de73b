"""How the published text metrics cut a text into words: a score means nothing without it.

`words_13a` is the rule of the WMT contests (mteval-v13a), which sacrebleu takes by default: case
stays, punctuation stands alone, numbers such as 1,000.5 and words such as knight-errant stay whole.
`plain_words` is the rule of the first ROUGE program: lower case, letters and digits of ASCII only.
"""

import re

_ENTITIES = (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))
_APART = (
    (re.compile(r"([{-~[-` -&(-+:-@/])"), r" \1 "),  # ASCII punctuation but ' , - .
    (re.compile(r"([^0-9])([.,])"), r"\1 \2 "),
    (re.compile(r"([.,])([^0-9])"), r" \1 \2"),
    (re.compile(r"([0-9])(-)"), r"\1 \2 "),
)
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


def words_13a(text: str) -> list[str]:
    """Words and punctuation marks, in their own case."""
    text = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    text = f" {text} "
    for pattern, spaced in _APART:
        text = pattern.sub(spaced, text)
    return text.split()


def plain_words(text: str) -> list[str]:
    """Runs of a-z and 0-9, in lower case."""
    return _NOT_PLAIN.sub(" ", text.lower()).split()
