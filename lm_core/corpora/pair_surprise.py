"""What counting pairs of letters gives on a list: the first model of the course, in a few lines.

    loss = - mean ln p(next | letter),   p = (count + k) / (count of the letter + k V)

in nats per letter, the end of each item counted as a letter.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import log

END = "\n"  # before and behind each item


def pair_surprise(items: Sequence[str], k: float = 0.0) -> float:
    """The loss of the counts on the very items that were counted, NaN for none.

    Args:
        k: added to every count.
    """
    pairs: Counter[tuple[str, str]] = Counter()
    for item in items:
        pairs.update(pairwise(f"{END}{item}{END}"))
    if not pairs:
        return float("nan")
    first: Counter[str] = Counter()
    for (one, _), n in pairs.items():
        first[one] += n
    V = len(first)  # the end begins an item, so that it is among them
    nats = sum(n * -log((n + k) / (first[one] + k * V)) for (one, _), n in pairs.items())
    return nats / pairs.total()
