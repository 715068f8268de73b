"""What is learned, by which network: the controls that all parts of An MLP from scratch share."""

from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

if TYPE_CHECKING:
    from lm_core.foundations.examples import Examples
    from lm_core.foundations.numpy_mlp import MLPSettings
    from lm_core.foundations.preprocessing import Prepared

DATA = (
    "Three spirals",
    "Two moons",
    "Wine, two measurements",
    "Wine, all 13 measurements",
    "Digits, 8 x 8 pixels",
)
ACTIVATIONS = ("tanh", "relu", "sigmoid")
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
BATCHES = (2, 4, 8, 16, 32, 64, 128)
SCALINGS = {"standardise": "Standardise", "normalise": "Normalise", "as it is": "As it is"}
FILLINGS = ("the mean", "the median", "leave the row out")


class Task(NamedTuple):
    """What the form says."""

    of: tuple  # everything that was chosen, to know it again
    found: "Examples"
    prepared: "Prepared"
    settings: "MLPSettings"


def ask() -> Task:
    """The form, and what it gives.

    Raises:
        CorpusUnavailable: a file of scikit-learn's is missing.
        BadText: nothing is left to learn from.
    """
    from lm_core.foundations.numpy_mlp import MLPSettings

    one, two, three = st.columns([2, 1, 1])
    data = one.selectbox("Data", DATA, key="mlp-data", bind="query-params")
    layers = two.slider(
        "Hidden layers",
        0,
        4,
        2,
        key="mlp-layers",
        bind="query-params",
        help="Without any it is logistic regression.",
    )
    neurons = three.slider(
        "Neurons in each", 1, 64, 16, key="mlp-neurons", bind="query-params", disabled=not layers
    )
    one, two, three, four = st.columns(4)
    activation = one.selectbox("Activation", ACTIVATIONS, key="mlp-activation", bind="query-params")
    lr = two.select_slider("Learning rate", RATES, 0.1, key="mlp-lr", bind="query-params")
    batch = three.select_slider("Mini-batch", BATCHES, 16, key="mlp-batch", bind="query-params")
    seed = four.number_input("Seed", 0, 2**31 - 1, 0, key="mlp-seed", bind="query-params")
    with st.expander("Preprocessing"):
        one, two, three = st.columns(3)
        scaling = one.selectbox(
            "Scale",
            list(SCALINGS),
            format_func=SCALINGS.__getitem__,
            key="mlp-scaling",
            bind="query-params",
            help=SCALED,
        )
        missing = two.slider(
            "Cells to lose (%)", 0, 90, 0, key="mlp-missing", bind="query-params", help=LOST
        )
        filling = three.selectbox(
            "In place of a missing cell", FILLINGS, key="mlp-filling", bind="query-params"
        )
    settings = MLPSettings(layers, neurons, activation, lr, batch_size=batch, seed=seed)
    how = (data, scaling, filling, missing, seed)
    found, prepared = _prepared(*how)
    return Task((how, settings), found, prepared, settings)


SCALED = (
    "Standardise: mean 0 and standard deviation 1. Normalise: from 0 to 1. Both are measured on "
    "the training part alone."
)
LOST = "So many cells are taken away at random, as if nobody had measured them."


@st.cache_data(max_entries=30, show_spinner=False)
def _prepared(
    data: str, scaling: str, filling: str, missing: int, seed: int
) -> "tuple[Examples, Prepared]":
    from lm_core.foundations.examples import examples
    from lm_core.foundations.preprocessing import prepare

    found = examples(data, seed=seed)
    how = {"scaling": scaling, "filling": filling, "missing": missing / 100, "seed": seed}
    return found, prepare(found, **how)
