"""Softmax with a temperature, one-hot rows and cross-entropy, number by number."""

import math

import streamlit as st

from pages._ui.shared.numbered import choose
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

MOST = 8  # classes


def show() -> None:
    """The part of the screen."""
    from lm_core.errors import BadText
    from lm_core.foundations import activations
    from lm_core.foundations.typed import read_row

    st.write(
        "A network's last layer gives a number for each class, its **logits**. Softmax makes "
        "probabilities of them, which add up to one. The cross-entropy with the right answer, as a "
        "row of 0 and a single 1 (*one-hot*), is what training makes smaller. PyTorch's "
        "`CrossEntropyLoss` takes logits: softmax is inside it."
    )
    st.latex(r"p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}} \qquad H(y, p) = -\sum_i y_i \ln p_i")
    left, right = st.columns(2)
    text = left.text_input(
        "Logits", "4.3, 6.1, 2.3", max_chars=80, key="activations-logits", bind="query-params"
    )
    logits = read_row(text, most=MOST)
    if len(logits) < 2:
        raise BadText("Write at least two logits: a choice needs two classes.")
    temperature = right.slider(
        "Temperature", 0.0, 5.0, 1.0, 0.1, key="activations-temperature", bind="query-params"
    )
    K = len(logits)
    right_class = choose(
        "The right class", [f"class {i}" for i in range(K)], key="activations-target"
    )
    _table(logits, right_class, temperature)
    _figures(logits, right_class, temperature)
    st.header("Is it a distribution?")
    _distribution()
    show_source(activations.cross_entropy, "The code: cross-entropy from logits")


def _table(logits: list[float], right_class: int, temperature: float) -> None:
    import numpy as np
    import pandas as pd

    from lm_core.charts.scores import share_bars
    from lm_core.figures import percent
    from lm_core.foundations.activations import cross_entropy, one_hot, softmax

    K = len(logits)
    p = softmax(np.array(logits), temperature)
    names = [f"class {i}" for i in range(K)]
    said = [percent(float(one)) for one in p]
    title = f"Softmax at temperature {temperature:g}"
    chart = share_bars(names, p.tolist(), said, title=title, x="probability of it")
    show_chart(chart, key="activations-softmax")
    target = one_hot(right_class, K)
    loss = cross_entropy(np.array(logits) / (temperature or 1e-3), target)
    table = pd.DataFrame(
        {
            "class": names,
            "logit": logits,
            "probability": p,
            "one-hot": target.astype(int),
            "−ln p (nats)": loss.surprises,
            "product (nats)": loss.parts,
            "gradient p − y": p - target,
        }
    )
    show_table(table, key="activations-entropy", places=4)


def _figures(logits: list[float], right_class: int, temperature: float) -> None:
    import numpy as np
    import torch
    from torch.nn import functional as F

    from lm_core.foundations.activations import binary_cross_entropy, cross_entropy, one_hot

    K = len(logits)
    loss = cross_entropy(np.array(logits), one_hot(right_class, K))
    theirs = F.cross_entropy(
        torch.tensor([logits], dtype=torch.float64), torch.tensor([right_class])
    )
    p = ", ".join(f"{one:.4f}" for one in loss.probabilities)
    st.markdown(
        f"softmax = **[{p}]** at temperature 1  \n"
        f"one-hot = **{one_hot(right_class, K).astype(int).tolist()}**  \n"
        f"cross-entropy = −ln {loss.probabilities[right_class]:.4f} = **{loss.nats:.4f}** nats; "
        f"`nn.CrossEntropyLoss` says {theirs.item():.4f}"
    )
    if K == 2:
        logit = logits[1] - logits[0]
        binary = binary_cross_entropy(logit, float(right_class))
        st.markdown(
            f"Two classes are one logit: {logits[1]:g} − {logits[0]:g} = {logit:.4f}. Its sigmoid "
            f"and the binary cross-entropy give the same: **{binary:.4f}** nats."
        )
    st.markdown(
        f"**What to notice.** Who knows nothing gives all {K} classes the same logit and pays ln "
        f"{K} = {math.log(K):.4f} nats. The gradient at each logit is its probability, less 1 at "
        "the right class: all of them together pull nothing. A low temperature makes the largest "
        "logit win for sure, a high one makes all alike."
    )


def _distribution() -> None:
    import numpy as np

    from lm_core.foundations.typed import read_row

    st.write("The course gives these three numbers as what a softmax put out. Can that be?")
    text = st.text_input(
        "Numbers",
        "0.57492, 0.034961, 0.15669",
        max_chars=100,
        key="activations-shares",
        bind="query-params",
    )
    shares = np.array(read_row(text))
    total, inside = float(shares.sum()), bool(((shares >= 0) & (shares <= 1)).all())
    if inside and abs(total - 1) < 1e-3:
        st.success(f"Yes: all are between 0 and 1, and they add up to {total:.4f}.")
    else:
        st.warning(f"No: they add up to {total:.4f}. A softmax always gives numbers that sum to 1.")
