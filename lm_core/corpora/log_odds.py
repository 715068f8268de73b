"""The words most typical of one part of a text against the rest of it.

The log of the odds of each word in the part, less that in the rest, over its standard deviation:

    δ = ln (y + α) / (n + α₀ - y - α)  -  ln (y' + α) / (n' + α₀ - y' - α)
    z = δ / sqrt(1 / (y + α) + 1 / (y' + α))

A word comes y of n times in the part, y' of n' in the rest. The prior α is how often it comes in
the whole, scaled to α₀ words: what is rare is believed little, and no list of stop words is needed.

Source: Monroe, Colaresi and Quinn 2008, "Fightin' Words", with an informative Dirichlet prior.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

PRIOR = 1000.0  # α₀, in words


def log_odds(
    part: np.ndarray, rest: np.ndarray, *, prior: float = PRIOR
) -> tuple[np.ndarray, np.ndarray]:
    """δ and z of each word, both (V,), in nats and in standard deviations.

    Args:
        part, rest: (V,) how often each word comes in either.
        prior: α₀. A word that comes in neither has δ and z of 0.
    """
    part, rest = np.asarray(part, dtype=float), np.asarray(rest, dtype=float)
    whole = part + rest
    alpha = prior * whole / max(1.0, whole.sum())
    seen = whole > 0
    delta, z = np.zeros(len(part)), np.zeros(len(part))
    y, other, a = part[seen], rest[seen], alpha[seen]
    # A text of one word alone leaves nothing beside it: the odds are kept finite.
    tiny = 1e-9
    beside = np.maximum(part.sum() + prior - y - a, tiny)
    beside_rest = np.maximum(rest.sum() + prior - other - a, tiny)
    delta[seen] = np.log((y + a) / beside) - np.log((other + a) / beside_rest)
    z[seen] = delta[seen] / np.sqrt(1 / (y + a) + 1 / (other + a))
    return delta, z


def typical(
    types: Sequence[str], part: np.ndarray, rest: np.ndarray, *, prior: float = PRIOR
) -> "pd.DataFrame":
    """The words that come at all, those most typical of the part first, of the rest last.

    Returns:
        columns `word`, `in the part` and `in the rest` (times), `log-odds (nats)`, `z`.
    """
    import pandas as pd

    delta, z = log_odds(part, rest, prior=prior)
    here = np.flatnonzero(np.asarray(part) + np.asarray(rest))
    order = here[np.argsort(-z[here], kind="stable")]
    return pd.DataFrame(
        {
            "word": [types[i] for i in order.tolist()],
            "in the part": np.asarray(part)[order],
            "in the rest": np.asarray(rest)[order],
            "log-odds (nats)": delta[order],
            "z": z[order],
        }
    )
