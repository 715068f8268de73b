"""Text from anyone inside a sentence of ours, shown as it is and not read as Markdown."""

import re

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$~:&^=])")


def plain(text: str) -> str:
    """`text` with every sign that Markdown gives a meaning made harmless."""
    return _MARKS.sub(r"\\\1", text)
