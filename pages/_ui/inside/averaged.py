"""Averages over heads and layers, rollout, the entropy of each head, and a name for each."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.inside import heads, noticed
from pages._ui.inside.look import Look
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch

if TYPE_CHECKING:
    from torch import Tensor

ALL, LAYER, ROLLOUT = "All heads", "This layer", "Rollout"
WHICH = "attention-mean"
SAYS = {
    ALL: "The mean of every head of every layer: heads that look in different ways blur into one.",
    LAYER: "The mean of the heads of the layer that is chosen above.",
    ROLLOUT: "Through all layers at once: the mean of the heads of each layer, half of it the "
    "token itself (the residual), multiplied layer by layer. How much of each token of the text "
    "has come to a place, as if attention were all that moves anything (Abnar and Zuidema 2020).",
}


def room(look: Look) -> None:
    """One picture of several heads, and every head in figures."""
    side = look.side
    pictures = [ALL, LAYER, *([] if side.across else [ROLLOUT])]
    if st.session_state.get(WHICH, ALL) not in pictures:
        del st.session_state[WHICH]
    which = switch("Which mean", {name: name for name in pictures}, key=WHICH, help=None)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _picture(look, which)
        st.caption(SAYS[which])
        if which == ROLLOUT:
            st.latex(
                r"\tilde A_\ell = \tfrac12\big(\bar A_\ell + I\big), \qquad "
                r"R_\ell = \tilde A_\ell \tilde A_{\ell-1} \cdots \tilde A_1"
            )
    with right:
        _entropy(look)
    if side.heads:
        st.markdown("### What each head may be called")
        noticed.head_table(side, key="attention-kinds")
        st.caption(_rule())
    if which == ROLLOUT:
        from lm_core.inspection import rollout

        show_source(rollout, "The code: means and rollout")


def mean(view_weights: "Tensor", which: str, layer: int) -> "Tensor":
    """(T, S), by name; weights (L, H, T, S)."""
    from lm_core.inspection.rollout import head_means, rollout

    if which == ROLLOUT:
        return rollout(view_weights)[-1].float()
    means = head_means(view_weights)
    return means.mean(0) if which == ALL else means[layer]


def _picture(look: Look, which: str) -> None:
    side, view = look.side, look.side.view
    found = mean(view.weights, which, look.layer)
    seen = found > 0 if which == ROLLOUT else view.seen
    titles = {
        ALL: f"Mean of {view.weights.size(0) * view.weights.size(1)} heads",
        LAYER: f"Mean of layer {look.layer + 1}",
        ROLLOUT: f"Rollout over {view.weights.size(0)} layers",
    }
    chart = heads.large(
        found.masked_fill(~seen, float("nan")).numpy(),
        view.rows,
        (look.layer, 0),
        columns=view.columns if side.across else None,
        causal=view.causal,
        title=titles[which],
        dark=st.context.theme.type == "dark",
    )
    show_chart(chart, key="attention-mean-map")


def _entropy(look: Look) -> None:
    """Of each head, in nats."""
    import numpy as np

    from lm_core.charts.matrices import matrix

    read = look.side.heads or look.side.crossing
    if not read:
        return
    L, H = look.side.view.weights.shape[:2]
    values = np.full((L, H), np.nan)
    for one in read:
        values[one.layer, one.head] = one.entropy
    chart = matrix(
        values,
        [f"layer {i + 1}" for i in range(L)],
        [f"head {i + 1}" for i in range(H)],
        title="Entropy of each head (nats)",
        dark=st.context.theme.type == "dark",
    )
    show_chart(chart, key="attention-entropy")
    even = _even(look.side)
    st.caption(
        plain(
            "The mean over the tokens that have a choice: 0 is all on one token, and an even look "
            f"over all that may be seen would have {even:.2f} here."
        )
    )


def _even(side: Any) -> float:
    counts = side.view.seen.sum(-1)
    return float(counts[counts > 1].double().log().mean())


def _rule() -> str:
    from lm_core.figures import percent
    from lm_core.inspection import heads as rule

    return (
        "The name is a suggestion by a rule, on this text alone: the first of these that holds. "
        f"Previous token: at least {percent(rule.PREVIOUS)} of its weight goes to the token just "
        "before (next token: just after). After a copy, a copy: as much to what followed an "
        "earlier copy of the token, or to that copy. Itself, first token: as much to the token "
        f"itself, or to the first. Diffuse: its entropy is at least {percent(rule.DIFFUSE)} of "
        "that of an even look. Otherwise it is mixed."
    )
