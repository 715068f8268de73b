"""Positions: how the model knows the order of tokens, from its own tables."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.inside.look import Look
from pages._ui.shared.numbered import choose
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch

if TYPE_CHECKING:
    from lm_core.models.positions import Positions

WAY, PLACE, PAIR = "attention-way", "attention-place", "attention-pair"
SHOWN = 64  # places in the picture
CALLED = {
    "sinusoidal": "Sinusoids",
    "learned": "Learned",
    "rotary": "Rotary",
    "alibi": "ALiBi",
    "none": "None",
}
FORMULA = {
    "sinusoidal": r"\begin{aligned} PE_{t,2i} &= \sin\big(t / 10000^{2i/C}\big) \\ "
    r"PE_{t,2i+1} &= \cos\big(t / 10000^{2i/C}\big) \end{aligned}",
    "learned": r"x_t = e_t + P_t",
    "rotary": r"\begin{gathered} (a, b) \mapsto (a \cos\theta - b \sin\theta,\; b \cos\theta + "
    r"a \sin\theta) \\ \theta = t / 10000^{2i/D} \end{gathered}",
    "alibi": r"\text{score} = \tfrac{q \cdot k}{\sqrt D} - m_h\,(t - s)",
}
SAYS = {
    "sinusoidal": "A wave for every pair of numbers, quick ones first; it is added to the "
    "embedding. Two places are the more alike the nearer they are.",
    "learned": "A vector for each place, learned like those of tokens and added to them. Nobody "
    "told it that neighbours are neighbours: where the line falls with the distance it found out.",
    "rotary": "Queries and keys are turned, pair by pair, by an angle that grows with the place. "
    "Their product then depends on how far apart they are, and on nothing else of the places.",
    "alibi": "Nothing is added to vectors: each score loses a slope times the distance, and each "
    "head has its own slope.",
}
Y = {
    "sinusoidal": "cosine of two places",
    "learned": "cosine of two places",
    "rotary": "q · k / D of two that were alike",
    "alibi": "factor that is left of a look",
}


def room(look: Look) -> None:
    """The model's own way, and beside it those that need no learning."""
    from lm_core.inspection import places
    from lm_core.models import positions as module

    model = look.checkpoint.model
    own = places.positions_of(model)
    if own is None:
        st.info("This model reads token after token and needs no positions: choose a Transformer.")
        return
    ways = {own.kind: f"{CALLED[own.kind]} (its own)"}
    ways |= {kind: CALLED[kind] for kind in places.MADE if kind not in ways}
    if st.session_state.get(WAY) not in (None, *ways):
        del st.session_state[WAY]
    kind = switch("Which way", ways, key=WAY)
    if kind == "none":
        st.write(
            "This model was trained without positions: it sees which tokens there are, and not in "
            "what order. Only that nobody looks ahead tells it something of it."
        )
        return
    at_hand = own if kind == own.kind else _made(kind, look)
    if at_hand is None:
        st.info("A head of this model has an odd number of numbers, which cannot be turned.")
        return
    st.write(SAYS[kind])
    st.latex(FORMULA[kind])
    if kind != own.kind:
        st.caption("Not this model's way: so it would be in one of its size. Nothing is learned.")
    left, right = st.columns(2, gap="medium")
    with left:
        _table(at_hand)
    with right:
        _alike(at_hand)
    if kind == own.kind == "rotary" and look.side.view.q is not None and not look.side.across:
        _turned(look, at_hand)
    show_source(module, "The code: four ways to know the order")


def _made(kind: str, look: Look) -> "Positions | None":
    from lm_core.inspection.places import made

    s = look.checkpoint.model.settings
    if kind == "rotary" and s.n_embd // s.n_head % 2:
        return None
    return made(kind, look.checkpoint.model)


def _table(positions: "Positions") -> None:
    """What stands for each place."""
    from lm_core.charts.matrices import matrix
    from lm_core.inspection.places import vectors

    found = vectors(positions)
    if found is None:
        slopes = positions.slopes.tolist()
        chart = matrix(
            [[slope] for slope in slopes],
            [f"head {h + 1}" for h in range(len(slopes))],
            ["slope"],
            title="The slope of each head",
            dark=st.context.theme.type == "dark",
        )
    else:
        T, C = found[:SHOWN].shape
        halves = positions.kind == "rotary"
        names = [f"{'s' if i >= C // 2 else 'c'}{i % (C // 2) + 1}" for i in range(C)]
        chart = matrix(
            found[:SHOWN].numpy(),
            [str(t) for t in range(T)],
            names if halves else [str(i + 1) for i in range(C)],
            title=f"What stands for the first {T} places",
            x="cosines (c), then sines (s), of each pair" if halves else "number of the vector",
            y="place",
            dark=st.context.theme.type == "dark",
            height=430,
        )
    show_chart(chart, key="attention-places")


def _alike(positions: "Positions") -> None:
    from lm_core.charts.places import alike_lines
    from lm_core.inspection.places import alike

    lines = {
        "all" if line.head is None else f"head {line.head + 1}": line.by_distance.tolist()
        for line in alike(positions)
    }
    chart = alike_lines(lines, y=Y[positions.kind], title="How alike two places are")
    show_chart(chart, key="attention-alike")
    if positions.kind in ("sinusoidal", "learned"):
        st.caption("The mean over all pairs of places that are so far apart.")
    elif positions.kind == "rotary":
        st.caption(
            "Of a query and a key that are all ones: what a head does with real ones is its own, "
            "and it may well look far where they say so."
        )


def _turned(look: Look, positions: "Positions") -> None:
    """One pair of the query of a token, before and after."""
    from lm_core.charts.places import turned_pair
    from lm_core.inspection.places import degrees, turned

    st.markdown("### One pair turned")
    side = look.side
    half = side.view.q.size(-1) // 2
    one, two = st.columns(2)
    with one:
        place = choose("The query of", side.rows, key=PLACE, default=len(side.rows) - 1)
    with two:
        pairs = [f"{i + 1}" for i in range(half)]
        pair = choose("Pair of numbers, the quickest first", pairs, key=PAIR)
    found = turned(positions, side.view.q[look.layer, look.head, place], place, pair)
    left, right = st.columns(2, gap="medium")
    with left:
        chart = turned_pair(
            tuple(found.before.tolist()),
            tuple(found.after.tolist()),
            pair=pair,
            place=place,
            degrees=degrees(found.angle),
        )
        show_chart(chart, key="attention-turned")
    with right:
        st.markdown(
            f"Numbers {pair + 1} and {pair + half + 1} of the query of this token, in layer "
            f"{look.layer + 1}, head {look.head + 1}. It stands at place {place}, and each place "
            f"turns this pair by {found.step:.4g} radians:"
        )
        st.latex(
            rf"\theta = {place} \cdot {found.step:.4g} = {found.angle:.4g}"
            rf" = {degrees(found.angle):.1f}^\circ"
        )
        (a, b), (c, d) = found.before.tolist(), found.after.tolist()
        st.latex(rf"({a:.3f},\; {b:.3f}) \mapsto ({c:.3f},\; {d:.3f})")
        st.caption(
            "A key is turned in the same way by its own place, so that their product knows the "
            "difference of the two angles alone: the distance."
        )
