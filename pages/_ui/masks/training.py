"""A network trained on the made scenes, by the lab's own runs; what it reaches beside a baseline,
and its masks on a scene that it never saw."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.masks.networks import NETWORKS
from pages._ui.masks.scene import FIRST, pick, scene
from pages._ui.shared import models
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.starting import train_or_fill
from pages._ui.shared.tables import csv_button

if TYPE_CHECKING:
    import numpy as np

    from lm_core.charts.chart import Chart
    from lm_core.runs.spec import RunSpec
    from pages._ui.shared.choice import Choice

CORPUS, TASK = "shapes", "segment"
WHICH, MODEL = "masks-which", "masks-model"
TESTED = 100  # scenes of the test split that the table is measured on
NOTHING = "all background"


def trained() -> "list[Choice]":
    """The visitor's networks that say a class for every pixel of such scenes."""
    return [one for one in models.own() if one.task == TASK and one.corpus == CORPUS]


def spec_of(name: str) -> "RunSpec":
    """The usual run of that network: a minute on two cores."""
    from dataclasses import replace

    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec

    family, settings = NETWORKS[name]
    spec = default_spec(CorpusSpec(name=CORPUS), family)
    return replace(spec, model=replace(spec.model, **settings))


def look() -> None:
    """Start a run, compare those there are, and see the masks of one of them."""
    line = st.columns([4, 2, 3], vertical_alignment="bottom")
    names = list(NETWORKS)
    name = line[0].selectbox(
        "Network to train", names, index=len(names) - 1, key=WHICH, bind="query-params"
    )
    st.caption(
        "A run of one minute, shown on the Train screen with its curve and its masks; it is listed "
        "with your runs, can be stopped there, and is compared here once it has ended."
    )
    of = f"the Masks screen, {name}"
    train_or_fill(line[1], line[2], lambda: spec_of(name), title=name, of=of, key="masks")
    _compare()


def _compare() -> None:
    """A table of the visitor's networks and the baseline, and a scene as they see it."""
    import pandas as pd

    from lm_core.charts.words import count
    from lm_core.pictures.scenes import CLASSES

    found = trained()
    labels = models.labels(found)
    rows = [_row(NOTHING, _nothing())]
    rows += [
        _row(label, measured(str(one.folder), models.stamp(one), one))
        for label, one in zip(labels, found, strict=True)
    ]
    rows.sort(key=lambda row: -row["mean IoU"])
    table = pd.DataFrame(rows)
    st.subheader("How well each covers what is there")
    st.dataframe(
        table,
        hide_index=True,
        key="masks-scores",
        column_config={
            column: st.column_config.NumberColumn(format="%.3f")
            for column in ("mean IoU", "pixels right", *(f"IoU of {name}" for name in CLASSES))
        },
    )
    csv_button(table, key="masks-scores")
    st.caption(
        f"Measured now on {count(TESTED, 'scene')} from number {FIRST:,} on. “{NOTHING}” says "
        "background everywhere: many pixels right, and nothing found, which is why IoU judges."
    )
    if not found:
        st.info("No network of yours is here yet: press Train, and come back after a minute.")
    controls = st.columns([3, 2])
    with controls[1]:
        one = pick()
    if found:
        with controls[0]:
            choice = models.pick(found, labels, key=MODEL)
        said = probabilities(choice, one.pixels).argmax(0)
        show_chart(beside(one, said, labels[found.index(choice)]), key="masks-said")
    from lm_core.tasks import segment

    show_source(segment, "The code: the task")


def _row(name: str, scored) -> dict:
    from lm_core.pictures.scenes import CLASSES

    row = {"network": name, "mean IoU": scored.mean, "pixels right": scored.accuracy}
    return row | {f"IoU of {k}": v for k, v in zip(CLASSES, scored.each, strict=True)}


@st.cache_data(max_entries=2, show_spinner=False)
def _tested() -> "tuple[np.ndarray, np.ndarray]":
    """Pixels (N, 32, 32) and masks (N, 32, 32) of the scenes that are measured on."""
    import numpy as np

    scenes = [scene(number) for number in range(FIRST, FIRST + TESTED)]
    return np.stack([one.pixels for one in scenes]), np.stack([one.mask for one in scenes])


@st.cache_data(max_entries=2, show_spinner=False)
def _nothing():
    from lm_core.pictures.overlap import covered
    from lm_core.pictures.scenes import CLASSES

    _, masks = _tested()
    return covered(masks, masks * 0, len(CLASSES))


@st.cache_data(max_entries=32, show_spinner="Measuring the masks …")
def measured(folder: str, stamp: float, _choice: "Choice"):
    """How well a network covers the scenes that are measured on."""
    from lm_core.pictures.overlap import covered
    from lm_core.pictures.scenes import CLASSES

    pixels, masks = _tested()
    return covered(masks, probabilities(_choice, pixels).argmax(1), len(CLASSES))


def probabilities(choice: "Choice", pixels: "np.ndarray") -> "np.ndarray":
    """(H, W) -> (K, H, W), or (N, H, W) -> (N, K, H, W): how sure the network is of each class.

    Raises:
        BadCheckpoint: its folder is damaged or gone.
    """
    import torch

    model = models.load(choice).model
    given = torch.from_numpy(pixels).float()
    given = given.unsqueeze(-3) if pixels.ndim == 3 else given[None, None]
    with torch.no_grad():
        p = model(given).softmax(1).numpy()
    return p if pixels.ndim == 3 else p[0]


def beside(one, said: "np.ndarray", name: str) -> "Chart":
    """The picture, its mask, the network's, and where they differ."""
    import numpy as np
    import pandas as pd

    from lm_core.charts.panels import Panel, coloured, laid_over, panels
    from lm_core.charts.words import percent
    from lm_core.pictures.overlap import covered
    from lm_core.pictures.scenes import CLASSES

    scored = covered(one.mask, said, len(CLASSES))
    names = np.array(CLASSES)
    wrong = (said != one.mask).astype(int)
    table = pd.DataFrame({"class": list(CLASSES), "IoU": scored.each})
    each = ", ".join(
        f"{k} {v:.2f}" for k, v in zip(CLASSES, scored.each, strict=True) if v is not None
    )
    alt = f"{name} has {percent(scored.accuracy)} of the pixels right; IoU: {each}."
    return panels(
        [
            Panel("picture", one.pixels),
            Panel("its mask", coloured(one.mask), names[one.mask]),
            Panel("what it says", coloured(said), names[said]),
            Panel("where it is wrong", laid_over(one.pixels, wrong * 2)),
        ],
        title="A scene it never saw",
        alt=alt,
        table=table,
        legend=CLASSES,
    )
