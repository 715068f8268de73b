"""Where in the text a counted run of tokens stands: the evidence behind an n-gram's probability.

A plain search over the ids; the model itself keeps counts and forgets places.
"""

from collections.abc import Sequence

import numpy as np
from torch import Tensor


def occurrences(
    ids: Tensor, starts: Tensor, gram: Sequence[int], *, most: int | None = 20
) -> np.ndarray:
    """Where `gram` stands in the text: places of its first token, in reading order, int64.

    Exactly the places that `fit` counts: not reaching over a start of a sequence, and not token 0
    alone, which has nothing before it.

    Args:
        ids: the text (N,).
        starts: where its sequences begin (S,).
        gram: one token or more.
        most: only the first so many; None gives all.
    """
    text, n = ids.cpu().numpy(), len(gram)
    if not n:
        raise ValueError("gram must hold a token at least")
    places = np.flatnonzero(text[n - 1 :] == gram[-1])  # where the last token fits
    for i in reversed(range(n - 1)):
        places = places[text[places + i] == gram[i]]
    if n == 1:
        places = places[places > 0]
    else:  # a start at the first token begins the sequence, one at the last belongs to the next
        begins = np.sort(starts.cpu().numpy())
        inside = begins.searchsorted(places + n - 1) - begins.searchsorted(places, side="right")
        places = places[inside == 0]
    return places[:most]
