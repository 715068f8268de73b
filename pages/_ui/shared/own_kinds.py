"""What the visitor's own data can be, and what is said of it once it was read."""

from typing import TYPE_CHECKING

from lm_core.visible import readable
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.corpora import AnyCorpus
    from lm_core.corpora.own import OwnText

KINDS = {  # in a list of choices, and in a sentence
    "text": ("Running text", "running text"),
    "items": ("A list, one item a line", "a list"),
    "pairs": ("Pairs in two columns", "pairs"),
    "classes": ("Texts with a class", "texts with a class"),
    "values": ("Texts with a number", "texts with a number"),
}
WORDS = ("text", "items")  # as which a column of a table can be read
EXAMPLE = 160  # characters of what was read that are shown


def size_of(corpus: "AnyCorpus", text: "OwnText") -> str:
    """How much was read."""
    from lm_core.charts.words import count

    many = sum(map(len, corpus.splits.values()))
    match corpus.info.kind:
        case "items":
            return count(many, "different item")
        case "pairs":
            return f"{count(many, 'pair')}, {plain(' and '.join(corpus.sides))}"
        case "classes":
            return f"{count(many, 'text')} of {count(len(corpus.classes), 'class', 'classes')}"
        case "values":
            return f"{count(many, 'text')} with a number"
    return f"{len(text.text):,} characters"


def example_of(corpus: "AnyCorpus", text: "OwnText") -> str:
    """How it begins, or one of its rows."""
    if corpus.info.kind in WORDS:
        return f"It begins: {readable(' '.join(text.text[:400].split())[:EXAMPLE])} …"
    one, other = (readable(str(side)) for side in corpus.splits["train"][0])
    one, other = (side if len(side) <= EXAMPLE else f"{side[:EXAMPLE]} …" for side in (one, other))
    return f"For example: {one} → {other}"
