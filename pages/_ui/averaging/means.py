"""Step 1: the mean of the past, in three ways."""

import streamlit as st

from pages._ui.averaging.drawn import draw, idea
from pages._ui.averaging.numbers import X, controls, tiny
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source

WAYS = {"loop": "By a loop", "matrix": "By a matrix", "softmax": "By a softmax"}


def step(number: int) -> None:
    """Three ways, the same numbers."""
    idea(
        "A guess needs what came before. The plainest way to gather it is a mean: each token takes "
        "as much of every token up to itself. A loop does it one token at a time, a triangular "
        "matrix all at once; a softmax of zeros, masked with minus infinity, gives that matrix.",
        r"\begin{gathered} \bar{x}_t = \frac{1}{t} \sum_{i \le t} x_i, \quad \bar{x} = A x \\ "
        r"A = \text{softmax}(0 + \text{mask}) \end{gathered}",
    )

    from lm_core.charts.matrices import written
    from lm_core.inspection.one_head import three_means
    from lm_core.models import attention

    controls()
    left, right = st.columns(2, gap="medium")
    with left:
        head = tiny(number, X)
    means = three_means(head.x)
    with right:
        title = "A: who takes how much of whom"
        draw(means.weights, head.words, head.words, title=title, key="triangle", shares=True)
    for place, (way, title) in zip(st.columns(3), WAYS.items(), strict=True):
        with place:
            draw(getattr(means, way), head.words, title=title, key=way)
    last, T = plain(head.words[-1]), len(head.words)
    st.markdown(
        f"**What to notice:** the largest difference between the three is {means.difference:.1e}: "
        f"they are the same. A row of A is the token that takes, and sums to 1; in the last "
        f"**{last}** takes 1/{T} of each token, whichever it is, and its first number becomes "
        f"{written(float(means.loop[-1, 0]))}. Attention puts scores in "
        "the place of the zeros, so that a token can take more from one than from another."
    )
    for way, name in (("loop", "a loop"), ("matrix", "a matrix"), ("softmax", "a softmax")):
        show_source(getattr(attention, f"mean_by_{way}"), f"The code: the mean by {name}")
