"""The way back: every layer's numbers for a few examples, its gradients beside torch's, and one
weight as arithmetic."""

import streamlit as st

from pages._ui.foundations.mlp_form import Task
from pages._ui.foundations.mlp_regimes import race_of
from pages._ui.shared.numbered import choose
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

WIDE = 16  # rows and columns of a matrix that is drawn


def show(task: Task) -> None:
    """The part of the screen."""
    from lm_core.foundations.numpy_mlp import MLP

    race = race_of(task)
    st.write(
        "Some examples go forward; then the error at the end, p − y, is carried back: through each "
        "layer's weights, and through the slope of its activation. What a weight gets is what came "
        "in, times what comes back, added up over the examples."
    )
    st.latex(
        r"\frac{\partial L}{\partial W} = h^\top \frac{\partial L}{\partial z} \qquad "
        r"\frac{\partial L}{\partial h} = \frac{\partial L}{\partial z} W^\top \qquad "
        r"\frac{\partial L}{\partial z} = \frac{\partial L}{\partial h} \odot f'(z)"
    )
    left, right = st.columns(2)
    with left:
        at = choose("Network", [one.regime for one in race.learners], key="mlp-network", default=1)
    most = min(32, len(task.prepared.y["train"]))
    count = right.slider("Examples", 1, 32, 4, key="mlp-count", bind="query-params")
    model = race.learners[at].model
    x = task.prepared.x["train"][: min(count, most)]
    y = task.prepared.y["train"][: min(count, most)]
    _layers(model, x, y)
    _one(model, x, y)
    st.caption(f"After {race.learners[at].points[-1].epoch} epochs of training.")
    show_source(MLP.backward, "The code: the way back")


def _layers(model: object, x: object, y: object) -> None:
    import numpy as np
    import pandas as pd

    from lm_core.foundations.mlp_in_torch import by_torch

    layers = model.forward(x)
    gradients = model.backward(layers, y)
    theirs, after = by_torch(model, x, y)
    lr = model.settings.lr
    rows = []
    for i, layer in enumerate(layers):
        (gW, gb), (tW, tb) = gradients[i], theirs[i]
        stepped = model.weights[i] - lr * gW
        rows.append(
            (
                layer.name,
                f"{layer.given.shape} → {layer.output.shape}",
                f"{model.weights[i].shape}",
                float(np.abs(layer.output).mean()),
                f"{np.abs(gW).mean():.3e}",
                f"{max(np.abs(gW - tW).max(), np.abs(gb - tb).max()):.1e}",
                f"{np.abs(stepped - after[i][0]).max():.1e}",
            )
        )
    columns = ["layer", "what goes through", "weights", "mean size given on", "mean gradient"]
    columns += ["furthest from torch's gradient", "furthest from torch's step"]
    show_table(pd.DataFrame(rows, columns=columns), key="mlp-layers-table", places=4)


def _one(model: object, x: object, y: object) -> None:
    """A layer's gradient as a picture, and one weight of it as arithmetic."""
    import numpy as np

    from lm_core.charts.matrices import matrix
    from lm_core.foundations.mlp_in_torch import nudged

    layers = model.forward(x)
    gradients = model.backward(layers, y)
    at = choose(
        "Layer",
        [layer.name for layer in layers],
        key="mlp-layer",
        default=len(layers) - 1,
    )
    gW = gradients[at][0]
    rows, columns = (min(WIDE, size) for size in gW.shape)
    dark = st.context.theme.type == "dark"
    names = [str(i + 1) for i in range(max(gW.shape))]
    chart = matrix(
        gW[:rows, :columns],
        names[:rows],
        names[:columns],
        title="Gradient of each weight",
        x="to neuron",
        y="from neuron",
        dark=dark,
    )
    show_chart(chart, key="mlp-gradient")
    if max(gW.shape) > WIDE:
        st.caption(
            f"The first {rows} of {gW.shape[0]} rows and {columns} of {gW.shape[1]} columns."
        )
    left, right = st.columns(2)
    i = left.number_input("Weight from", 1, gW.shape[0], 1, key="mlp-from", bind="query-params") - 1
    j = right.number_input("to", 1, gW.shape[1], 1, key="mlp-to", bind="query-params") - 1
    back = _errors(model, layers, y)[at][:, j]
    given = layers[at].given[:, i]
    terms = [f"({h:.4f})({g:.4f})" for h, g in zip(given[:6], back, strict=False)]
    more = " + …" if len(given) > 6 else ""
    st.markdown(f"{' + '.join(terms)}{more} = **{float(given @ back):.6f}**")
    measured = nudged(model, x, y, at, i, j)
    off = abs(measured - gW[i, j])
    st.markdown(
        "Nudged instead, the loss a little above and a little below this weight: "
        f"**{measured:.6f}**, off by {off:.1e}. Each term is what came in, times what came back, "
        f"of one example; the mean over {len(np.atleast_1d(y))} examples is in what comes back."
    )


def _errors(model: object, layers: list, y: object) -> list:
    """∂L/∂z of each layer, (B, fan_out): the gradient of its biases before it is added up."""
    import numpy as np

    from lm_core.foundations.activations import ACTIVATIONS

    slope = ACTIVATIONS[model.settings.activation].gradient
    gz = layers[-1].output.copy()
    gz[np.arange(len(y)), y] -= 1.0
    gz /= len(y)
    found = [gz]
    for i in range(len(layers) - 1, 0, -1):
        gz = (gz @ model.weights[i].T) * slope(layers[i - 1].z)
        found.append(gz)
    return found[::-1]
