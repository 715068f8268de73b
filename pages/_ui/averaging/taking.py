"""Step 5: the weighted sum of the values, and what it adds to the stream."""

import streamlit as st

from pages._ui.averaging.drawn import draw, idea, product, terms
from pages._ui.averaging.numbers import OUT, V, X, controls, tiny
from pages._ui.shared.numbered import choose
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source


def step(number: int) -> None:
    """One word takes from all it sees, and its numbers become others."""
    idea(
        "A token takes from each it may look at the share of its value that the weight says: a "
        "mean again, but one that was asked for. A last matrix turns the sum into numbers of the "
        "stream, and they are added to the token: it is what it was, and what it took.",
        r"\begin{gathered} o_t = \sum_{i \le t} w_{ti}\, v_i \\ "
        r"x_t \leftarrow x_t + o_t W_o \end{gathered}",
    )

    import torch

    from lm_core.charts.matrices import written
    from lm_core.charts.words import percent
    from lm_core.inspection.one_head import head_steps
    from lm_core.models import attention

    controls()
    editors, choice = st.columns([5, 2], gap="medium")
    with editors:
        head = tiny(number, X, V, OUT)
    made = head_steps(head.x, head.weights)
    with choice:
        st.caption("With the mask, and without places. The weights follow W_q and W_k of step 2.")
        row = choose(
            "The word that takes", head.words, key="averaging-taker", default=len(head.words) - 1
        )
    seen = head.words[: row + 1]
    weights, values = made.weights[row, : row + 1], made.v[: row + 1]
    shares = weights.unsqueeze(1) * values
    left, middle, right = st.columns(3, gap="medium")
    with left:
        draw(
            weights.unsqueeze(1),
            seen,
            ["w"],
            title="Weights",
            key="taken-w",
            shares=True,
            high=row + 2,
        )
    with middle:
        draw(values, seen, title="Values v", key="taken-v", high=row + 2)
    with right:
        both = torch.cat([shares, made.output[row : row + 1]])
        draw(both, [*seen, "sum"], title="Weight × value, and the sum", key="taken-sum")
    total = written(float(made.output[row, 0]))
    st.latex(terms(product(weights, values[:, 0]), of="o_1", total=total))
    stream = torch.stack([made.x[row], made.added[row], made.after[row]])
    rows = ["before", "added", "after"]
    draw(stream, rows, title="The stream of this word", key="stream")
    most = int(weights.argmax())
    size, length = made.added[row].norm(), made.x[row].norm()
    st.markdown(
        f"**What to notice:** **{plain(head.words[row])}** takes "
        f"{percent(float(weights[most]))} from **{plain(seen[most])}**. What is added has the "
        f"length {written(float(size))}, the word itself {written(float(length))}: the token is "
        "not replaced, it is moved. Set W_o to zeros, as training begins, and nothing moves."
    )
    show_source(attention.attend, "The code: weights and values")
    show_source(head_steps, "The code: one head, step by step")
