"""A network that says an age, by the lab's own runs: what was reached beside a baseline, and who it
is wrong about."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.ages.recipe import recipe
from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.starting import train_or_fill
from pages._ui.shared.tables import csv_button

if TYPE_CHECKING:
    import numpy as np

    from lm_core.runs.spec import RunSpec
    from pages._ui.shared.choice import Choice

CORPUS, TASK = "faces", "picture-value"
NETWORKS = {  # name -> family, and what differs from its usual settings
    "Residual CNN": ("residual", {}),
    "ViT": ("vit", {}),
    "ResNet-50": ("published", {"network": "resnet-50"}),
    "EfficientNet-B0": ("published", {"network": "efficientnet-b0"}),
    "ViT-B/16": ("published", {"network": "vit-base"}),
}
WHICH, MODEL, BY = "ages-which", "ages-model", "ages-by"
DECADES = ("0 to 19", "20 to 39", "40 to 59", "60 and older")
GROUPS = {"age": "Age", "light": "Light", "pen": "Pen"}


def networks() -> "list[Choice]":
    """The visitor's networks that say an age, whatever pictures they learned from."""
    return [one for one in models.own() if one.task == TASK]


def trained() -> "list[Choice]":
    """Those that learned from drawn faces."""
    return [one for one in networks() if one.corpus == CORPUS]


def spec_of(name: str) -> "RunSpec":
    """The usual run of that network: a minute on two cores."""
    from dataclasses import replace

    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec

    family, settings = of_network(name)
    spec = default_spec(CorpusSpec(name=CORPUS), family)
    return replace(spec, model=replace(spec.model, **settings))


def of_network(name: str) -> tuple[str, dict[str, Any]]:
    """Its family, and its settings; published weights where they are on this machine."""
    family, settings = NETWORKS[name]
    if family == "published":
        from lm_core.foreign.vision import is_here

        if is_here(settings["network"]):
            return family, settings | {"begins": "published", "side": 224}
    return family, settings


def look() -> None:
    """A run, the six steps, the table, errors by group."""
    line = st.columns([4, 2, 3], vertical_alignment="bottom")
    name = line[0].selectbox("Network to train", list(NETWORKS), key=WHICH, bind="query-params")
    st.caption(
        "A run of one minute on drawn faces, shown on the Train screen; it is compared here once "
        "it has ended."
    )
    title, of = f"{name}, drawn faces", f"the screen Age from a face, {name}"
    train_or_fill(line[1], line[2], lambda: spec_of(name), title=title, of=of, key="ages")
    if NETWORKS[name][0] == "published":
        st.caption(
            "As published, by the package transformers: it begins with weights of ImageNet where "
            "`python -m lm_core vision` has fetched them, fresh otherwise, and without a GPU it "
            "takes far longer than a minute."
        )
    recipe(name, lambda: spec_of(name))
    _compare()


def _compare() -> None:
    """The visitor's networks beside who always says the mean, and errors by group of one."""
    import pandas as pd

    from lm_core.charts.ages import group_errors

    found = trained()
    labels = models.labels(found)
    ages, groups = _tested()
    mean = _mean()
    rows = [_row(f"always the mean, {mean:.0f} years", mean - ages, ages)]
    errors = {
        label: measured(str(one.folder), models.stamp(one), one)
        for label, one in zip(labels, found, strict=True)
    }
    rows += [_row(label, off, ages) for label, off in errors.items()]
    rows.sort(key=lambda row: row["mean error (years)"])
    table = pd.DataFrame(rows)
    st.header("How far off each is")
    st.dataframe(
        table,
        hide_index=True,
        key="ages-scores",
        column_config={
            column: st.column_config.NumberColumn(format="%.2f") for column in table.columns[1:]
        },
    )
    csv_button(table, key="ages-scores")
    st.caption(f"Measured now on the {len(ages):,} test faces, which no network learned from.")
    if not found:
        st.info("No network of yours is here yet: press Train, and come back after a minute.")
        errors = {rows[0]["network"]: mean - ages}
    st.header("Who it is wrong about")
    line = st.columns([4, 3], vertical_alignment="bottom")
    names = list(errors)
    shown = line[0].selectbox("Network", names, format_func=plain, key=MODEL, bind="query-params")
    by = line[1].segmented_control(
        "By",
        list(GROUPS),
        default="light",
        required=True,
        format_func=GROUPS.get,
        key=BY,
        bind="query-params",
    )
    parts = {name: errors[shown][groups[by] == name] for name in _order(by)}
    chart = group_errors(parts, title=f"Error by {by}: {shown}")
    show_chart(chart, key="ages-errors")
    st.markdown(
        f"**What to notice:** {plain(chart.alt)} One figure for all hides that. Dim faces are "
        "drawn for one in seven: what is rare in training is seldom learned well, and with people "
        "it is people who are rare."
    )
    from lm_core.models.pictures import residual
    from lm_core.tasks import picture_value

    show_source(picture_value, "The code: the task")
    show_source(residual, "The code: the residual CNN")


def _order(by: str) -> tuple[str, ...]:
    from lm_core.pictures.faces import LIGHTS, PENS

    return {"age": DECADES, "light": LIGHTS, "pen": PENS}[by]


def _row(name: str, off: "np.ndarray", ages: "np.ndarray") -> dict[str, Any]:
    from lm_core.evaluation.regression import regression

    told = regression(ages.tolist(), (ages + off).tolist())
    return {
        "network": name,
        "mean error (years)": told.mean_absolute_error,
        "RMSE (years)": told.rmse,
        "R2": told.r2,
    }


@st.cache_data(max_entries=2, show_spinner="Drawing the faces …")
def _tested() -> "tuple[np.ndarray, dict[str, np.ndarray]]":
    """Ages (N,) of the test faces, and by group what each is."""
    import numpy as np

    faces = test_faces()
    ages = np.array([one.age for one in faces], dtype=float)
    groups = {
        "age": np.array([DECADES[min(3, int(age) // 20)] for age in ages]),
        "light": np.array([one.light for one in faces]),
        "pen": np.array([one.pen for one in faces]),
    }
    return ages, groups


@st.cache_resource(max_entries=1, show_spinner="Drawing the faces …")
def test_faces():
    """The faces of the test split, in their order."""
    from lm_core.corpora.pictures.faces import COUNTS
    from lm_core.pictures.faces import draw_face

    first = COUNTS["train"] + COUNTS["validation"]
    return [draw_face(number) for number in range(first, first + COUNTS["test"])]


@st.cache_data(max_entries=1, show_spinner="Drawing the faces …")
def _mean() -> float:
    """The mean age of the faces that train."""
    from lm_core.corpora.load import load_corpus

    return float(load_corpus(CORPUS).splits["train"].values.mean())


@st.cache_data(max_entries=32, show_spinner="Asking the network …")
def measured(folder: str, stamp: float, _choice: "Choice") -> "np.ndarray":
    """(N,) answer minus age of each test face."""
    import numpy as np

    pixels = np.stack([one.pixels for one in test_faces()])
    return answers(_choice, pixels) - np.array([one.age for one in test_faces()])


def answers(choice: "Choice", pixels: "np.ndarray") -> "np.ndarray":
    """(N, H, W, 3) from 0 to 1 -> years (N,).

    Raises:
        BadCheckpoint: its folder is damaged or gone.
    """
    import torch

    from lm_core.tasks import picture_value

    given = torch.from_numpy(pixels).permute(0, 3, 1, 2).float().contiguous()
    return picture_value.answers(models.load(choice).model, given).numpy()
