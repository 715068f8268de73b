"""What an n-gram says of the parts of a probability, as the charts of it take them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lm_core.charts.evidence import Source
    from lm_core.models.ngram import Part


def sources(parts: "Sequence[Part]", decode: Callable[[Sequence[int]], str]) -> "list[Source]":
    """Each part with its context as letters; `decode` makes them of ids."""
    from lm_core.charts.evidence import Source

    return [
        Source(
            context=decode(part.context),
            length=part.order - 1,
            seen=part.seen,
            count=part.count,
            discount=part.discount,
            handed_on=part.gamma,
            share=part.share,
        )
        for part in parts
    ]
