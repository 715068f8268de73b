"""Made digits: new ones, a way from one to another, and how far they are from real ones."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source

if TYPE_CHECKING:
    import numpy as np
    import torch

    from lm_core.models.contract import Model
    from lm_core.models.pictures.game import Maker
    from pages._ui.shared.choice import Choice

TASK, LOOKS = "adversarial-pictures", "picture-class"
SHOWN, COMPARED, STEPS = 18, 300, 11
BIND = "query-params"


def show() -> None:
    """The part of the screen."""
    st.write(
        "A **DCGAN** is the same game with convolutions alone: the maker unfolds noise into a "
        "picture by transposed convolutions, the judge folds pictures down to one number."
    )
    known = [one for one in models.shipped() + models.own() if one.task == TASK]
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        choice = models.pick(known, models.labels(known), key="gan-model")
    seed = right.number_input("Noise (seed)", 0, 2**31 - 1, 0, key="gan-seed", bind=BIND)
    maker = models.load(choice).model
    _new(maker, int(seed))
    _way(maker, int(seed))
    _distance(choice, maker)
    show_source(type(maker), "The code: the two networks")


def _new(maker: "Maker", seed: int) -> None:
    from lm_core.charts.picture_grid import picture_grid

    pixels = maker.some(SHOWN, seed)
    sure = _judged(maker, pixels)
    chart = picture_grid(
        pixels.mean(1).numpy(),
        [f"{one:.2f}" for one in sure],
        title="Made digits, and how likely the judge takes each for real",
        columns=6,
    )
    show_chart(chart, key="gan-made")


def _judged(maker: "Maker", pixels: "torch.Tensor") -> list[float]:
    import torch

    with torch.no_grad():
        return maker.judged(pixels).sigmoid().tolist()


def _way(maker: "Maker", seed: int) -> None:
    """From one noise to another, in a straight line."""
    import torch

    from lm_core.charts.picture_grid import picture_grid

    st.header("A way through the noise")
    st.latex(r"z_t = (1 - t)\, z_0 + t\, z_1")
    t = st.slider("t", 0.0, 1.0, 0.5, 0.05, key="gan-t", bind=BIND)
    g = torch.Generator().manual_seed(seed)
    a, b = torch.randn(2, maker.settings.n_z, generator=g)
    places = torch.linspace(0, 1, STEPS)
    with torch.no_grad():
        along = maker.made(torch.stack([a + float(p) * (b - a) for p in places]))
        here = maker.made((a + t * (b - a)).unsqueeze(0))
    left, right = st.columns([1, 3])
    with left:
        chart = picture_grid(
            here.mean(1).numpy(), [f"t = {t:.2f}"], title="Here", columns=1, height=220
        )
        show_chart(chart, key="gan-here")
    with right:
        chart = picture_grid(
            along.mean(1).numpy(),
            [f"{float(p):.1f}" for p in places],
            title="From one noise to another",
            columns=STEPS,
            height=220,
        )
        show_chart(chart, key="gan-along")
    st.caption(
        "Where the maker has learned what digits are, all stops on the way look like some digit; "
        "where it has learned pictures by heart, one would fade into the other."
    )


def _distance(choice: "Choice", maker: "Maker") -> None:
    """The Fréchet distance on features of our own network."""
    import pandas as pd
    import torch

    from lm_core.corpora import load_corpus
    from lm_core.inspection.pictures import units
    from lm_core.pictures.frechet import frechet, normal_of
    from pages._ui.shared.tables import show_table

    st.header("How far from real ones")
    st.write(
        "The **Fréchet distance**: take what a network knows of each picture (its features), "
        "describe real and made pictures by the mean and the covariance of those, and measure how "
        "far the two normal distributions are apart. Lower is better; 0 is alike."
    )
    st.latex(r"d^2 = |m_1 - m_2|^2 + \mathrm{tr}\big(C_1 + C_2 - 2\,(C_1 C_2)^{1/2}\big)")
    looks = [
        one
        for one in models.shipped() + models.own()
        if one.task == LOOKS and one.corpus == choice.corpus and one.family == "convolution"
    ]
    if not looks:
        st.info("No network that knows these pictures is here: train a CNN on them first.")
        return
    splits = load_corpus(choice.corpus).splits
    real = splits["test"].pixels[:COMPARED]
    n = len(real)
    network = models.load(looks[0]).model
    base = normal_of(units(network, real).double().numpy())
    noise = torch.rand(real.shape, generator=torch.Generator().manual_seed(0))
    mean = splits["train"].pixels.mean(0).expand_as(real)
    rows = [
        {
            "pictures": name,
            "Fréchet distance": frechet(base, normal_of(_features(network, some))).squared,
        }
        for name, some in (
            ("other real ones", splits["validation"].pixels[:n]),
            ("made", maker.some(n, seed=1)),
            ("random grey", noise),
            ("the mean of all, again and again", mean),
        )
    ]
    show_table(pd.DataFrame(rows), key="gan-frechet", places=2)
    st.caption(
        f"{n} pictures against the {n} of the test. Features: the last hidden layer of "
        f"{plain(looks[0].label)}. That is not the FID of papers, which takes an Inception network "
        "and tens of thousands of pictures: compare these numbers with each other, and with no "
        "number from elsewhere. With few pictures even real ones are not at 0."
    )


def _features(network: "Model", pixels: "torch.Tensor") -> "np.ndarray":
    from lm_core.inspection.pictures import units

    return units(network, pixels).double().numpy()
