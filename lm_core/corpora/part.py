"""A part of a text that is read in place of all of it, spread over the whole."""

from collections.abc import Sequence


def evenly(documents: Sequence[str], characters: int) -> list[str]:
    """Documents of about so many characters together at most, one of each few in their order; of a
    single long one its beginning. All of them where they are no longer."""
    total = sum(map(len, documents))
    if total <= characters:
        return list(documents)
    some, left = [], characters
    for document in documents[:: -(-total // max(1, characters))]:
        some.append(document[:left])
        left -= len(some[-1])
        if left <= 0:
            break
    return some
