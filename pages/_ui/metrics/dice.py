"""Perplexity as dice: a die of one's own, and the cross-entropy of a few tokens by hand."""

import math
from functools import partial

import streamlit as st

from pages._ui.shared import session
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

MOST_SIDES = 8
SIDES = "abcdefgh"
FIRST = (70, 10, 10, 10)
# What is offered -> the weights of the sides.
OFFERED = {
    "A coin": (50, 50),
    "One side": (100,),
    "Four fair sides": (25, 25, 25, 25),
    "One side likely": FIRST,
    "One side nearly sure": (97, 1, 1, 1),
    "Two sides likely": (49, 49, 1, 1),
}
CAME = "0.8 0.6"
NAMES = 27  # characters of first names, the end included


def show() -> None:
    """The part of the screen."""
    st.write(
        "How unsure is somebody who is about to see what comes? As unsure as with a fair die of so "
        "many sides: that number is the **perplexity**. A model that guesses the next token throws "
        "such a die, one side for each token."
    )
    st.latex(r"H = -\sum_i p_i \log_2 p_i \quad\; \text{perplexity} = 2^H")
    with session.mending():
        _die()
    st.header("Cross-entropy by hand")
    with session.mending():
        _tokens()
    st.header("Who knows nothing")
    _nothing()


def _die() -> None:
    import pandas as pd

    from lm_core.charts.scores import share_bars
    from lm_core.charts.words import count, percent
    from lm_core.evaluation.dice import die

    with st.container(horizontal=True, gap="small"):
        for name, weights in OFFERED.items():
            st.button(name, on_click=partial(_offer, weights), key=f"metrics-die-{name}")
    left, right = st.columns([2, 3], gap="medium")
    with left:
        many = st.slider(
            "Sides", 1, MOST_SIDES, len(FIRST), key="metrics-sides", bind="query-params"
        )
        weights = [
            st.slider(
                f"Weight of {SIDES[i]}",
                0,
                100,
                FIRST[i] if i < len(FIRST) else 10,
                key=f"metrics-side-{i + 1}",
                bind="query-params",
            )
            for i in range(many)
        ]
        st.caption(
            "The rule: the probability of a side is its weight, divided by the sum of all weights."
        )
    found = die(weights)
    with right:
        with st.container(horizontal=True, gap="medium"):
            st.metric("Perplexity", f"{found.perplexity:.4f}", width="content")
            st.metric("Entropy, bits", f"{found.bits:.5f}", width="content")
            st.metric("Entropy, nats", f"{found.nats:.5f}", width="content")
        said = [
            f"{percent(side.probability)}, {side.bits:.2f} bits" if side.probability else "never"
            for side in found.sides
        ]
        shares = [side.probability for side in found.sides]
        chart = share_bars(
            list(SIDES[:many]),
            shares,
            said,
            title="The die: how likely, and how surprising",
            x="probability",
        )
        show_chart(chart, key="metrics-die")
    st.markdown("Each side's probability times its surprise, which is −log₂ of the probability:")
    table = pd.DataFrame(
        {
            "side": list(SIDES[:many]),
            "probability": shares,
            "surprise (bits)": [side.bits if side.probability else None for side in found.sides],
            "product (bits)": [side.part for side in found.sides],
        }
    )
    show_table(table, key="metrics-sides", places=5)
    st.latex(f"H = {found.bits:.5f} \\text{{ bits}} = {found.nats:.5f} \\text{{ nats}}")
    st.latex(f"2^{{{found.bits:.5f}}} = e^{{{found.nats:.5f}}} = {found.perplexity:.4f}")
    st.markdown(
        f"**What to notice.** This die has {count(many, 'side')}, and guessing it is as hard as "
        f"guessing a fair one with **{found.perplexity:.2f}**. The number is the number of sides "
        "only where all are equally likely; every preference makes it smaller, and a die that "
        "always falls on one side has a perplexity of 1."
    )


def _offer(weights: tuple[int, ...]) -> None:
    st.session_state["metrics-sides"] = len(weights)
    for i, weight in enumerate(weights):
        st.session_state[f"metrics-side-{i + 1}"] = weight


def _tokens() -> None:
    import pandas as pd

    from lm_core.evaluation import dice

    st.write(
        "A model is asked for one token after another. Of each that came, all that counts is the "
        "probability it had: the surprise is −ln of it, in nats. The mean surprise is the "
        "**cross-entropy**, and e to that the perplexity."
    )
    text = st.text_input(
        "The probability that each token had",
        CAME,
        max_chars=300,
        key="metrics-came",
        bind="query-params",
        help="From 0 to 1, a number for each token, with blanks between them.",
    )
    p = dice.read_probabilities(text)
    found = dice.heard(p)
    table = pd.DataFrame(
        {
            "token": range(1, len(p) + 1),
            "probability": p,
            "surprise (nats)": found.nats,
            "surprise (bits)": [dice.to_bits(one) for one in found.nats],
            "perplexity of it alone": [dice.perplexity(one) for one in found.nats],
        }
    )
    show_table(table, key="metrics-tokens", places=4)
    terms = " + ".join(map(_said, found.nats))
    st.markdown(
        f"cross-entropy = ({terms}) / {len(p)} = **{_said(found.mean)}** nats per token  \n"
        f"perplexity = e to the power of {_said(found.mean)} = **{_said(found.perplexity)}**"
    )
    if math.isinf(found.mean):
        st.markdown(
            "**What to notice.** One token that was held to be impossible makes the whole mean "
            "infinite, however good the rest is. That is why a model that counts is smoothed: "
            "nothing it has not seen yet gets a probability of 0."
        )
        return
    means = sum(map(dice.perplexity, found.nats)) / len(p)
    st.markdown(
        f"**What to notice.** The mean is taken of the surprises: that gives {found.perplexity:.4f}"
        f". The mean of the perplexities would be {means:.4f}, which is no perplexity of anything."
    )
    show_source(dice.heard)


def _nothing() -> None:
    from lm_core.evaluation.dice import die

    size = st.number_input(
        "Tokens to choose from",
        1,
        100_000,
        NAMES,
        key="metrics-vocabulary",
        bind="query-params",
        help="First names have 27 characters, their end included; tiny-shakespeare has 65; GPT-2 "
        "has 50,257 tokens.",
    )
    found = die([1] * size)
    st.latex(rf"\ln {size} = {found.nats:.4f} \text{{ nats}}")
    st.latex(rf"\text{{perplexity}} = e^{{{found.nats:.4f}}} = {found.perplexity:.0f}")
    st.markdown(
        "**What to notice.** Whoever holds all tokens to be equally likely throws a fair die with "
        "a side for each. A loss is read from there: an untrained model begins about here, and "
        "what lies below it has been learned."
    )


def _said(value: float) -> str:
    return "∞" if math.isinf(value) else f"{value:.4f}"
