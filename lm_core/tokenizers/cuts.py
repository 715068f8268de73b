"""One text under one tokenizer, and where several tokenizers cut its words apart.

cut(tokenizer, "unhappily").tokens              ["un", "happ", "ily"]
apart("unhappily", {"A": spans, "B": others})   the words that are not cut alike
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lm_core.tokenizers.tokenizer import Tokenizer
from lm_core.visible import visible

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Cut:
    """A text as tokens. What a tokenizer without an `<unk>` does not know is left out."""

    ids: list[int]
    tokens: list[str]  # as a person sees them
    unread: list[bool]  # of each token whether it is the `<unk>`
    spans: list[tuple[int, int]]  # in the UTF-8 of the text as it is read
    unknown: int  # tokens that are `<unk>`, or characters that were left out
    back: str  # what the ids are decoded to
    round_trip: bool  # whether that is the text


def cut(tokenizer: Tokenizer, text: str) -> Cut:
    """`text` under `tokenizer`."""
    ids = tokenizer.encode(text, skip_unknown=True).tolist()
    back = tokenizer.decode(ids)
    return Cut(
        ids,
        [tokenizer.token_text(id) for id in ids],
        [id == tokenizer.unknown_id for id in ids],
        tokenizer.spans(text),
        tokenizer.count_unknown(text),
        back,
        back == text,
    )


def apart(text: str, spans: Mapping[str, Spans]) -> list[tuple[str, dict[str, list[str]]]]:
    """The words of `text` (what stands between blanks) that are not all cut in the same places,
    each once, in order: the word, and its pieces under each tokenizer.

    Args:
        spans: of each tokenizer by its name, as `Tokenizer.spans` gives them for this text.
    """
    edges = {name: {place for span in found for place in span} for name, found in spans.items()}
    rows: dict[str, dict[str, list[str]]] = {}
    for match in re.finditer(r"\S+", text):
        begin = len(text[: match.start()].encode("utf-8", "replace"))
        data = match[0].encode("utf-8", "replace")
        inner = range(begin + 1, begin + len(data))
        cuts = {name: [at - begin for at in inner if at in known] for name, known in edges.items()}
        if len({tuple(places) for places in cuts.values()}) > 1:
            pieces = {name: _pieces(data, places) for name, places in cuts.items()}
            rows.setdefault(match[0], pieces)
    return list(rows.items())


def _pieces(data: bytes, places: Sequence[int]) -> list[str]:
    ends = zip([0, *places], [*places, len(data)], strict=True)
    return [visible(data[low:high].decode("utf-8", "surrogateescape")) for low, high in ends]
