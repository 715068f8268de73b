"""Linear layers: one with its numbers, a stack with its shapes and parameters, and that a stack
without activations is one layer."""

import streamlit as st

from pages._ui.shared.asking import in_order
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

W, BIAS = "[[-0.1971, -0.4996, 0.1233], [0.2203, 0.3508, -0.1402]]", "[-0.4006, 0.0538]"
X = "[0.3471, 0.4547, -0.2356]"
SIZES, COUNTED = "arrays-sizes", "arrays-counted"  # COUNTED in the session: by sizes, the guess
# The course's question: layers in the right order, each by what it takes and gives.
BLOCKS = {2: (14, 3), 4: (3, 2), 5: (20, 14), 6: (5, 20)}
ORDER = "arrays-order"


def show() -> None:
    """The part of the screen."""
    from lm_core.foundations import tensors

    st.write(
        "A linear layer multiplies what comes in by its weights and adds its bias. `nn.Linear(3, "
        "2)` takes 3 numbers and gives 2: its weight has the shape (2, 3), its bias (2)."
    )
    st.latex(r"y = W x + b")
    _one()
    st.header("A stack of layers")
    _stack()
    st.header("Without an activation, a stack is one layer")
    _collapse()
    st.header("In which order?")
    _order()
    show_source(tensors, "The code: layers")


def _one() -> None:
    import numpy as np

    from lm_core.errors import BadText
    from lm_core.foundations.typed import read_nested

    left, middle, right = st.columns([3, 2, 2])
    texts = (
        left.text_area("W", W, max_chars=400, height=80, key="arrays-w", bind="query-params"),
        middle.text_area("x", X, max_chars=200, height=80, key="arrays-x", bind="query-params"),
        right.text_area(
            "b", BIAS, max_chars=200, height=80, key="arrays-bias", bind="query-params"
        ),
    )
    weight, x, bias = (np.array(read_nested(text), dtype=float) for text in texts)
    if weight.ndim != 2 or x.shape != weight.shape[1:] or bias.shape != weight.shape[:1]:
        raise BadText(
            "W needs a row for each number of b, and each row as many numbers as x has: here W is "
            f"{weight.shape}, x {x.shape}, b {bias.shape}."
        )
    y = weight @ x + bias
    lines = []
    for row, b, out in zip(weight[:6], bias, y, strict=False):
        terms = " + ".join(f"({w:g})({v:g})" for w, v in zip(row, x, strict=True))
        lines.append(f"{terms} + ({b:g}) = **{out:.4f}**")
    st.markdown("  \n".join(lines))
    st.markdown(f"y = **[{', '.join(f'{out:.4f}' for out in y)}]**")


def read_sizes(text: str) -> list[int]:
    """Two to eight sizes.

    Raises:
        BadText: they are none.
    """
    from lm_core.errors import BadText
    from lm_core.foundations.typed import read_row

    sizes = read_row(text)
    if not 2 <= len(sizes) <= 8 or any(
        size != int(size) or not 1 <= size <= 1000 for size in sizes
    ):
        raise BadText("Write 2 to 8 whole numbers from 1 to 1,000, such as 10, 18, 20, 5.")
    return [int(size) for size in sizes]


def _stack() -> None:
    import pandas as pd

    from lm_core.foundations import tensors

    left, right = st.columns([3, 1])
    text = left.text_input(
        "Sizes, from what comes in to what comes out",
        "16, 4, 2, 1",
        max_chars=60,
        key=SIZES,
        bind="query-params",
        help="16, 4, 2, 1 is Linear(16, 4), Linear(4, 2), Linear(2, 1).",
    )
    batch = right.number_input("Batch", 1, 1000, 1, key="arrays-batch", bind="query-params")
    sizes = read_sizes(text)
    counted = tensors.parameters(sizes)
    total = sum(weights + biases for weights, biases in counted)
    guessed = st.session_state.setdefault(COUNTED, {})
    if tuple(sizes) not in guessed:
        _count(tuple(sizes))
        return
    guess = guessed[tuple(sizes)]
    if guess is not None and guess != total:
        st.warning(f"You counted {guess:,}; it has {total:,} parameters.")
    else:
        st.success(f"It has **{total:,}** parameters.")
    frozen = st.multiselect(
        "Frozen: not to be trained",
        [f"{i}.{kind}" for i in range(len(counted)) for kind in ("weight", "bias")],
        key="arrays-frozen",
        bind="query-params",
        help="As when a trained network is adapted: the first layers stay as they are.",
    )
    rows, learns = [], 0
    for i, (weights, biases) in enumerate(counted):
        free = weights * (f"{i}.weight" not in frozen) + biases * (f"{i}.bias" not in frozen)
        learns += free
        rows.append(
            (
                f"Linear({sizes[i]}, {sizes[i + 1]})",
                f"({batch}, {sizes[i]}) → ({batch}, {sizes[i + 1]})",
                f"{sizes[i + 1]} × {sizes[i]} = {weights}",
                biases,
                weights + biases,
                free,
            )
        )
    columns = [
        "layer",
        "shape before and after",
        "weights",
        "biases",
        "parameters",
        "of which learn",
    ]
    show_table(pd.DataFrame(rows, columns=columns), key="arrays-stack")
    st.markdown(
        f"**What to notice.** {learns:,} of {total:,} parameters learn. What one layer gives is "
        "what the next one takes. A frozen parameter has no gradient at all: it is `None`, not 0."
    )


def _count(sizes: tuple[int, ...]) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.number_input("How many parameters has it?", 0, None, None, key="arrays-count", width=260)

        def take(given: bool) -> None:
            value = st.session_state["arrays-count"] if given else None
            if not given or value is not None:
                st.session_state[COUNTED][sizes] = value

        st.button("Check", key="arrays-count-check", on_click=take, args=(True,))
        st.button("Show me", type="tertiary", key="arrays-count-skip", on_click=take, args=(False,))


def _collapse() -> None:
    import numpy as np
    import torch

    from lm_core.charts.function_lines import Curve, function_lines
    from lm_core.foundations import tensors

    st.write(
        "Three linear layers, 1 → 18 → 20 → 1, and one number going through them. Multiplied out, "
        "their matrices are a single one, so they can only draw a straight line. A ReLU between "
        "them bends it."
    )
    seed = st.number_input("Seed", 0, 2**31 - 1, 3, key="arrays-stack-seed", bind="query-params")
    sizes = [1, 18, 20, 1]
    linear, bent = (tensors.stack(sizes, activation=kind, seed=seed) for kind in ("none", "relu"))
    weight, bias = tensors.collapsed(linear)
    x = torch.linspace(-4, 4, 81, dtype=torch.float64)[:, None]  # (81, 1)
    with torch.no_grad():
        stacked, one, other = linear(x), x @ weight.T + bias, bent(x)
    xs = x[:, 0].tolist()
    curves = [
        Curve("three layers", xs, stacked[:, 0].tolist()),
        Curve("the one layer W₃W₂W₁", xs, one[:, 0].tolist()),
        Curve("three layers with ReLU", xs, other[:, 0].tolist()),
    ]
    chart = function_lines(curves, title="What comes out", x="what goes in", y="what comes out")
    show_chart(chart, key="arrays-collapse")
    off = float((stacked - one).abs().max())
    slopes = np.diff(other[:, 0].numpy()) / np.diff(xs)
    st.markdown(
        f"**What to notice.** The stack and the one layer differ by at most {off:.1e}: rounding. "
        f"Their slope is {weight.item():.3f} everywhere; with ReLU it runs from {slopes.min():.3f} "
        f"to {slopes.max():.3f}."
    )


def _order() -> None:
    from lm_core.foundations.tensors import fits

    names = {1: "nn.Sequential(", 3: ")"} | {
        i: f"nn.Linear({a}, {b})" for i, (a, b) in BLOCKS.items()
    }
    st.code("\n".join(f"{i}. {names[i]}" for i in sorted(names)), language="text")
    chosen = st.pills(
        "The lines in their order: press one after the other",
        sorted(names),
        format_func=str,
        selection_mode="multi",
        key=ORDER,
    )
    order = in_order(chosen, ORDER)
    if len(order) < len(names):
        st.caption(f"So far: {', '.join(map(str, order)) or '–'}")
        return
    inner = [BLOCKS[i] for i in order if i in BLOCKS]
    wrong = fits(inner)
    if order[0] != 1 or order[-1] != 3:
        st.warning("The first line opens the bracket, the last one closes it.")
    elif wrong is not None:
        gives, takes = inner[wrong - 1][1], inner[wrong][0]
        st.warning(f"One layer gives {gives} numbers, and the next one takes {takes}.")
    else:
        st.success(plain(f"Right: {', '.join(map(str, order))}."))
