"""Coins and dice: drawing with a seed, and how the share of each side nears its probability."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.counting import pairs
from pages._ui.shared.numbered import choose
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.evaluation.frequencies import Thrown

KINDS = {
    "coin": "A coin",
    "die": "A die",
    "any": "Sides by chance",
    "letters": "The letter after …",
}
THROWS = (10, 100, 1000, 10_000, 100_000, 1_000_000)
FIRST = 40  # throws that are shown one by one
SEED, SIDES = 42, 3  # of the course


def show() -> None:
    """The part of the screen."""
    st.write(
        "To write, a model draws: it throws a die with a side for each token, and not all sides "
        "are alike. A computer has no dice but a **seed**, a number from which it computes others "
        "that look like chance: the same seed, the same throws. What is drawn often enough comes "
        "as often as its probability says."
    )
    st.latex(r"\text{share}(n) \to p, \qquad \text{spread} = \sqrt{p\,(1 - p) / n}")
    kind = switch("What is thrown", KINDS, key="counting-thrown")
    left, middle, right = st.columns([3, 3, 2], vertical_alignment="bottom")
    throws = middle.select_slider(
        "Throws",
        THROWS,
        1000,
        format_func=lambda n: f"{n:,}",
        key="counting-throws",
        bind="query-params",
    )
    seed = right.number_input("Seed", 0, 2**31 - 1, SEED, key="counting-seed", bind="query-params")
    with left:
        names, thrown = _thrown(kind, throws, seed)
    _drawn(names, thrown)
    show_source(throw_code(), "The code: throws and their shares")


def throw_code() -> object:
    """The module, read when it is shown."""
    from lm_core.evaluation import frequencies

    return frequencies


def _thrown(kind: str, throws: int, seed: int) -> "tuple[list[str], Thrown]":
    """What the sides are called, and the throws."""
    import torch

    from lm_core.evaluation.frequencies import throw, throw_any

    if kind == "any":
        sides = st.slider("Sides", 2, 7, SIDES, key="counting-sides", bind="query-params")
        st.caption("Their probabilities are drawn by the seed as well, then divided by their sum.")
        return [f"side {i}" for i in range(sides)], throw_any(sides, throws, seed=seed)
    if kind == "letters":
        from lm_core.corpora import load_corpus

        found = pairs.counted(load_corpus("names"))
        at = choose("After", found.tokens, key="counting-after", default=found.boundary)
        row = pairs.smoothed(found, 0.0).probabilities()[at]
        return found.tokens, throw(row, throws, seed=seed)
    if kind == "die":
        return [f"{i}" for i in range(1, 7)], throw(torch.ones(6) / 6, throws, seed=seed)
    heads = st.slider(
        "Probability of heads", 0.05, 0.95, 0.5, 0.05, key="counting-heads", bind="query-params"
    )
    return ["heads", "tails"], throw(torch.tensor([heads, 1 - heads]), throws, seed=seed)


def _drawn(names: list[str], thrown: "Thrown") -> None:
    import pandas as pd

    from lm_core.charts.frequencies import MOST, frequencies
    from lm_core.evaluation.frequencies import looks, shares, spread

    N = len(thrown.throws)
    after = looks(N)
    found = shares(thrown, after)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart = frequencies(names, thrown.probabilities.tolist(), after, found.numpy())
        show_chart(chart, key="counting-shares")
        if len(names) > MOST:
            st.caption(f"The {MOST} likeliest of {len(names)} are drawn; the table has them all.")
    off = spread(thrown.probabilities, N)
    table = pd.DataFrame(
        {
            "side": names,
            "probability": [round(p, 4) for p in thrown.probabilities.tolist()],
            "share": found[-1].tolist(),
            "came": thrown.throws.bincount(minlength=len(names)).tolist(),
            "spread": off.tolist(),
        }
    )
    first = [names[i] for i in thrown.throws[:FIRST].tolist()]
    height = 360 if len(names) > MOST else "content"
    with right:
        show_table(table, key="counting-thrown-table", height=height, places=4)
    st.caption(f"The first throws: {plain(', '.join(first))}{' …' if N > FIRST else ''}")
    gap = (found[-1] - thrown.probabilities.double()).abs()
    inside = int((gap <= 2 * off).sum())
    st.markdown(
        f"**What to notice.** After {N:,} throws {inside} of {len(names)} shares lie within twice "
        "their spread of the probability, as about 19 of 20 should. Four times the throws halve "
        "the spread: chance goes away, but slowly. Counting a text is the same thing seen from "
        "behind: what came rarely is known badly, and that is why counts are smoothed."
    )
