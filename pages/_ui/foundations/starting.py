"""First weights: how large signals and gradients are layer by layer, and the first loss."""

import math

import streamlit as st

from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

ACTIVATIONS = ("relu", "tanh", "sigmoid")
SCALES = (0.0, 0.1, 0.3, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0)
SHOWN = ["Kaiming (for ReLU)", "nn.Linear's own", "normal, spread 1"]


def show() -> None:
    """The part of the screen."""
    from lm_core.foundations import depth

    st.write(
        "Before anything is learned the weights are drawn by chance, and how widely decides "
        "whether learning can begin. Each layer multiplies what comes in: a little too small, and "
        "after ten layers nothing is left; a little too large, and it explodes. The same holds for "
        "gradients on their way back."
    )
    st.latex(
        r"\text{Kaiming: } |w| \le \sqrt{6 / \text{fan}_\text{in}} \qquad "
        r"\text{nn.Linear: } |w| \le 1 / \sqrt{\text{fan}_\text{in}}"
    )
    one, two, three = st.columns(3, vertical_alignment="bottom")
    kind = one.selectbox(
        "Activation", ACTIVATIONS, key="activations-start-kind", bind="query-params"
    )
    layers = two.slider("Layers", 2, 30, 10, key="activations-depth", bind="query-params")
    normalised = three.toggle(
        "Batch normalisation", key="activations-start-bn", bind="query-params"
    )
    chosen = st.multiselect(
        "How the weights are drawn",
        list(depth.STARTS),
        SHOWN,
        key="activations-starts",
        bind="query-params",
    )
    _signals(chosen, kind, layers, normalised)
    st.header("How far the weights of a layer reach")
    _bounds()
    st.header("The first loss")
    _first_loss()
    show_source(depth, "The code: signals and gradients by depth")


def _signals(chosen: list[str], kind: str, layers: int, normalised: bool) -> None:
    import pandas as pd

    from lm_core.charts.function_lines import Curve, function_lines
    from lm_core.figures import percent
    from lm_core.foundations import depth

    found = {
        name: depth.signals(name, kind, layers=layers, normalised=normalised) for name in chosen
    }
    at = list(range(1, layers + 1))
    left, right = st.columns(2)
    pictures = (
        (left, "activations", "Spread of the activations", "signals"),
        (right, "weight_gradients", "Mean size of the weights' gradients", "gradients"),
    )
    for side, what, title, key in pictures:
        curves = [
            Curve(name, at, getattr(one, what).tolist(), dots=True) for name, one in found.items()
        ]
        with side:
            chart = function_lines(
                curves, title=title, x="number of the layer", y="size (by factors)", log=True
            )
            show_chart(chart, key=f"activations-{key}")
    rows = [
        (
            name,
            f"{one.activations[-1]:.3g}",
            f"{one.weight_gradients[0]:.3g}",
            f"{one.weight_gradients[-1]:.3g}",
            percent(float(one.dead[-1])),
        )
        for name, one in found.items()
    ]
    columns = ["weights", "spread after the last layer", "gradient, first layer"]
    columns += ["gradient, last layer", "dead neurons, last layer"]
    show_table(pd.DataFrame(rows, columns=columns), key="activations-start-table")
    st.markdown(
        "**What to notice.** A level line is what one wants: every layer passes on what it got. "
        "Kaiming's bound does that for ReLU, Xavier's nearly for tanh. The course writes that "
        "Kaiming suits the sigmoid too: choose it and look at the gradients. With either bound "
        "they shrink from layer to layer, for a sigmoid's slope is at most 0.25. With batch "
        "normalisation even bad weights give level lines."
    )


def _bounds() -> None:
    import pandas as pd

    from lm_core.foundations import depth

    left, right = st.columns(2)
    fan_in = left.number_input("Inputs", 1, 100_000, 64, key="activations-in", bind="query-params")
    fan_out = right.number_input(
        "Outputs", 1, 100_000, 128, key="activations-out", bind="query-params"
    )
    rows = [
        ("nn.Linear's own", depth.default_bound(fan_in)),
        ("Kaiming, uniform", depth.kaiming_bound(fan_in)),
        ("Xavier, uniform", depth.xavier_bound(fan_in, fan_out)),
    ]
    table = pd.DataFrame(rows, columns=["weights", "reach from minus this to this"])
    show_table(table, key="activations-bounds", places=4)


def _first_loss() -> None:
    from lm_core.charts.function_lines import Curve, Spot, function_lines
    from lm_core.foundations.depth import first_losses

    st.write(
        "A network that has learned nothing should hold all classes to be equally likely. If its "
        "logits lie far apart instead, it is sure of nonsense, and the first steps only teach it "
        "to be less sure: the loss begins very high and falls fast."
    )
    left, right = st.columns(2)
    classes = left.slider("Classes", 2, 100, 10, key="activations-classes", bind="query-params")
    scale = right.select_slider(
        "Spread of the logits", SCALES, 5.0, key="activations-scale", bind="query-params"
    )
    losses = first_losses(SCALES, classes=classes)
    at = SCALES.index(scale)
    chart = function_lines(
        [Curve("first loss", list(SCALES), losses, dots=True)],
        title="The first loss by the spread of the logits",
        x="spread of the logits",
        y="nats per example",
        spots=[Spot(scale, losses[at], f"{losses[at]:.2f}")],
        levels=[("all classes alike", math.log(classes))],
    )
    show_chart(chart, key="activations-first-loss")
    st.markdown(
        f"**What to notice.** At spread 0 it is ln {classes} = **{math.log(classes):.4f}** nats; "
        f"at {scale:g} it is {losses[at]:.4f}. The cure is a last layer with small weights. "
        "Drawing them from 0 to 1 with `uniform_`, as the course does, makes them larger and the "
        "loss worse."
    )
