"""Step 2: queries, keys and values, and the scores they give."""

import streamlit as st

from pages._ui.averaging.drawn import draw, idea, product, terms
from pages._ui.averaging.numbers import K, Q, V, X, controls, tiny
from pages._ui.shared.numbered import choose
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source


def step(number: int) -> None:
    """Each token asks, each answers."""
    idea(
        "Each token makes three vectors of its own numbers: a query, what it looks for; a key, "
        "what it is found by; a value, what it hands over. A query times a key is a score: the "
        "better the two fit, the larger it is.",
        r"\begin{gathered} q = x W_q, \quad k = x W_k, \quad v = x W_v \\ "
        r"s_{ij} = q_i \cdot k_j \end{gathered}",
    )

    from lm_core.charts.matrices import written
    from lm_core.inspection.one_head import head_steps

    controls()
    head = tiny(number, X, Q, K, V)
    made = head_steps(head.x, head.weights)
    for place, name in zip(st.columns(3), ("q", "k", "v"), strict=True):
        with place:
            title = {"q": "Queries q", "k": "Keys k", "v": "Values v"}[name]
            draw(getattr(made, name), head.words, title=title, key=name)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        draw(
            made.scores,
            head.words,
            head.words,
            title="Scores q · k",
            key="scores",
            x="offers its key",
            y="asks",
        )
    with right:
        row = choose("Asks", head.words, key="averaging-row", default=len(head.words) - 1)
        column = choose("Offers its key", head.words, key="averaging-column")
        total = written(float(made.scores[row, column]))
        st.latex(terms(product(made.q[row], made.k[column]), of=r"q \cdot k", total=total))
        st.caption("The numbers are shown with two digits, and computed with all of theirs.")
    best = int(made.scores[row].argmax())
    back = float(made.scores[column, row])
    st.markdown(
        f"**What to notice:** **{plain(head.words[row])}** fits "
        f"**{plain(head.words[best])}** best ({written(float(made.scores[row, best]))}). The "
        f"other way round a score is another: **{plain(head.words[column])}** asks "
        f"**{plain(head.words[row])}** with {written(back)}, since a query and a key are made by "
        "two matrices. Make W_q and W_k the same, and the scores become symmetric."
    )
    show_source(head_steps, "The code: one head, step by step")
