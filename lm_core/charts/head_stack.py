"""All heads of a model and the one that is looked at, as a stack that a page draws itself. Row: who
looks. Column: at whom."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lm_core.charts import words
from lm_core.charts.heatmaps import alt_one, clean, labels_of, table_of
from lm_core.charts.stack import Axis, Part, Reading, Stack, stack

BLOCKS = 48  # along a side of the table of all; longer texts in blocks, by their largest weight
PREVIOUS = 0.5  # a head that gives the token before this much on average is framed
NOTE = "dotted frame: looks mostly at the token before"


def head_stack(
    weights: np.ndarray,
    tokens: Sequence[str],
    *,
    columns: Sequence[str] | None = None,
    looking: str = "looking",
    causal: bool = True,
) -> Stack:
    """Every head of every layer.

    Args:
        weights: (L, H, T, T) attention of each layer and head, rows summing to 1; NaN stays blank.
        tokens: the T tokens' texts; repeated ones are numbered apart.
        columns: the S tokens of another text that they look at; weights are then (L, H, T, S).
        looking: what the tokens of the rows do meanwhile.
        causal: leave the cells right of the diagonal blank, of a text that looks at itself.

    Raises:
        ValueError: tokens that do not fit the weights.
    """
    across = columns is not None
    weights = clean(weights, causal and not across)
    L, H, T, S = weights.shape
    labels = labels_of(tokens, T)
    others = labels_of(columns, S) if across else labels
    heads = [(layer, head) for layer in range(L) for head in range(H)]
    looked_at = others if across else None
    previous = np.zeros((L, H)) if across else to_previous(weights)
    back = [i for i, pair in enumerate(heads) if T and not across and previous[pair] >= PREVIOUS]
    titles = [f"Layer {layer + 1}, head {head + 1}" for layer, head in heads]
    says = [
        alt_one(weights[pair], labels, title, looked_at)
        for pair, title in zip(heads, titles, strict=True)
    ]

    def one(layer: int, head: int) -> Part:
        place = layer * H + head
        return Part(
            titles[place],
            says[place],
            T * S,
            lambda: table_of(weights[layer, head][None, None], labels, others).drop(
                columns=["layer", "head"]
            ),
        )

    def all_of_them() -> pd.DataFrame:
        pooled, high, wide = _pooled(weights)
        return table_of(pooled, _blocks(labels, high), _blocks(others, wide))

    whole = Part(
        "All heads",
        _alt_across(weights, heads) if across else _alt_all(previous, heads, T),
        L * H * min(T, BLOCKS) * min(S, BLOCKS),
        all_of_them,
    )
    return stack(
        weights,
        name="heads",
        down=Axis("layer, first at the top", [str(i + 1) for i in range(L)]),
        along=Axis(f"head, 1 to {H}", [str(i + 1) for i in range(H)]),
        rows=Axis(looking, labels),
        columns=Axis("looked at", others),
        titles=titles,
        says=says,
        spans=[(0.0, 1.0)] * (L * H),
        reading=Reading("{row} looks at {column}: {value}", percent=True),
        whole=whole,
        one=one,
        note=NOTE * bool(back),
        dotted=back,
    )


def to_previous(weights: np.ndarray) -> np.ndarray:
    """(L, H): the weight given to the token before, averaged over tokens that have one."""
    below = np.diagonal(weights, offset=-1, axis1=-2, axis2=-1)
    known = np.isfinite(below).sum(axis=-1)
    return np.where(known, np.nansum(below, axis=-1) / np.maximum(known, 1), 0.0)


def _pooled(weights: np.ndarray) -> tuple[np.ndarray, int, int]:
    """Blocks of tokens by their largest weight until a side is at most BLOCKS; the sizes of a
    block, down and along."""
    sizes = []
    for axis in (-2, -1):
        n = weights.shape[axis]
        sizes.append(-(-n // BLOCKS) or 1)
        if sizes[-1] > 1:  # fmax passes over NaN
            weights = np.fmax.reduceat(weights, np.arange(0, n, sizes[-1]), axis=axis)
    return weights, *sizes


def _blocks(labels: list[str], block: int) -> list[str]:
    if block == 1:
        return labels
    T = len(labels)
    return [f"tokens {i + 1}-{min(i + block, T)}" for i in range(0, T, block)]


def _alt_all(previous: np.ndarray, heads: list[tuple[int, int]], T: int) -> str:
    if not (heads and T):
        return "Attention of all heads, still empty: there is no text to look at."
    L, H = previous.shape
    best = max(heads, key=lambda pair: previous[pair])
    many = int(sum(previous[pair] >= PREVIOUS for pair in heads))
    some = f"{words.count(many, 'head')} of {len(heads)}" if many else "no head"
    return (
        f"Attention in {words.count(L, 'layer')} of {words.count(H, 'head')} over "
        f"{words.count(T, 'token')}: {some} {'look' if many > 1 else 'looks'} mostly at the token "
        f"before; {_named(*best)} does most ({words.percent(previous[best])} on average)."
    )


def _alt_across(weights: np.ndarray, heads: list[tuple[int, int]]) -> str:
    L, H, T, S = weights.shape
    if not (heads and T and S):
        return "Attention of all heads, still empty: there is no text to look at."
    most = np.nan_to_num(weights).max(axis=-1).mean(axis=-1)  # (L, H)
    best = max(heads, key=lambda pair: most[pair])
    return (
        f"Attention in {words.count(L, 'layer')} of {words.count(H, 'head')}, from "
        f"{words.count(T, 'token')} to {words.count(S, 'token')} of another text: "
        f"{_named(*best)} is the most decided, and gives "
        f"{words.percent(most[best])} to a single one on average."
    )


def _named(layer: int, head: int) -> str:
    return f"layer {layer + 1}, head {head + 1}"
