"""Where a text ends: at a string that was asked for, wherever its tokens lie."""

from collections.abc import Iterator, Sequence

from lm_core.errors import BadSettings
from lm_core.tokenizers.tokenizer import Tokenizer

SPARE = 8  # tokens before the tail, because a space or half a letter may hang on them


def until(
    grown: Iterator[list[list[int]]], tokenizer: Tokenizer, stop: Sequence[str]
) -> Iterator[list[list[int]]]:
    """The rows of `grown` (from `engine.growing`), each held still once it contains one of `stop`;
    ends when all do.

    Raises:
        BadSettings: an empty stop string, which every text contains.
    """
    if any(not text for text in stop):
        raise BadSettings("A stop string needs at least one character.")
    tail = max((len(text) for text in stop), default=0) + SPARE
    held: dict[int, list[int]] = {}
    for rows in grown:
        for b, row in enumerate(rows):
            if b not in held and first_stop(tokenizer.decode(row[-tail:]), stop) is not None:
                held[b] = list(row)
        yield [held.get(b, row) for b, row in enumerate(rows)]
        if stop and len(held) == len(rows):
            return


def first_stop(text: str, stop: Sequence[str]) -> int | None:
    """Where the first of the stop strings begins; None where there is none."""
    places = [text.find(wanted) for wanted in stop]
    return min((place for place in places if place >= 0), default=None)


def shortened(text: str, stop: Sequence[str]) -> str:
    """`text` up to the first stop string, which is left out."""
    return text[: first_stop(text, stop)]
