"""What a model is asked: a context, and the token that comes next. Plain lists, to be looked at.

    emma, length 3:   ... -> e    ..e -> m    .em -> m    emm -> a    mma -> .

The dot is a boundary: nothing before the beginning, and the end (Bengio et al. 2003). Models read
the same by index, all at once: `models/context.py` and `windows.py`.
"""

from collections.abc import Sequence


def contexts(ids: Sequence[int], length: int, boundary: int) -> list[tuple[list[int], int]]:
    """Every context of `length` tokens of one item with its target, the boundary last of all.

    Args:
        ids: of the item, without boundaries.
        length: tokens of a context; boundaries fill what is missing in front.
    """
    row = [boundary] * length + list(ids) + [boundary]
    return [(row[at : at + length], row[at + length]) for at in range(len(ids) + 1)]


def samples(block: Sequence[int]) -> list[tuple[list[int], int]]:
    """The samples in a block of T + 1 tokens: T contexts of 1 to T tokens, each with its target."""
    return [(list(block[:t]), block[t]) for t in range(1, len(block))]
