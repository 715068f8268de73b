"""A detector of made scenes, by the lab's own runs, beside a window that learns nothing."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.boxes import published
from pages._ui.shared import models
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.starting import train_or_fill
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.pictures.average_precision import Said
    from lm_core.runs.spec import RunSpec
    from pages._ui.shared.choice import Choice

CORPUS, FAMILY, TASK = "shape-boxes", "grid-detector", "detect"
SCENE, SURE = "boxes-scene-number", "boxes-sure"
FIRST, LAST = 1800, 1999  # scenes of the test split
STEPS, MOST = 400, 6  # of a run; networks in the table
WINDOW = "sliding window, nothing learned"


def show() -> None:
    """The part of the screen."""
    st.write(
        "A small network leaves a grid of cells over the picture. Each cell says what its middle "
        "is in, and how its square has to be moved and stretched to fit: all places are answered "
        "in one pass. What is said too often is taken out by suppression, as by hand here."
    )
    st.latex(
        r"\text{loss} = -\ln p(\text{class}) \;+\; \text{mean of } |t - t^*|, \qquad "
        r"t = \left(\frac{x - x_c}{a}, \frac{y - y_c}{a}, \ln\frac{w}{a}, \ln\frac{h}{a}\right)"
    )
    line = st.columns([2, 3, 4], vertical_alignment="bottom")
    train_or_fill(
        line[0],
        line[1],
        spec_of,
        title="Grid detector, made scenes",
        of="the screen Boxes, A detector",
        key="boxes-detector",
    )
    found = [one for one in models.own() if one.task == TASK and one.corpus == CORPUS][:MOST]
    labels = models.labels(found)
    if not found:
        st.info("No detector of yours is here yet: press Train, and come back after a minute.")
    _scene(found, labels)
    _areas(found, labels)
    published.show()
    from lm_core.models.pictures import grid_detector
    from lm_core.pictures import sliding
    from lm_core.tasks import detect

    show_source(grid_detector, "The code: the network")
    show_source(detect, "The code: the task")
    show_source(sliding, "The code: the sliding window")


def spec_of() -> "RunSpec":
    """A run of less than a minute on two cores."""
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.training import Budget

    return default_spec(CorpusSpec(name=CORPUS), FAMILY, budget=Budget(steps=STEPS))


def _scene(found: "list[Choice]", labels: list[str]) -> None:
    """One scene: what is there, what the newest detector says, what a window finds."""
    import numpy as np

    from lm_core.charts.panels import Panel, panels
    from lm_core.charts.words import count, percent
    from lm_core.pictures.scenes import CLASSES, draw_scene
    from lm_core.pictures.sliding import slid

    left, right = st.columns(2)
    number = int(
        left.number_input(
            "Scene (none that was learned from)",
            FIRST,
            LAST,
            FIRST,
            key=SCENE,
            bind="query-params",
        )
    )
    sure = right.slider(
        "Boxes at least so sure", 0.05, 0.95, 0.5, 0.05, key=SURE, bind="query-params"
    )
    scene = draw_scene(number)
    real = [(thing.box, CLASSES[thing.label], None) for thing in scene.things]
    shown = [("what is there", real)]
    if found:
        said = [one for one in _said(found[0], scene.pixels) if one.score >= sure]
        shown.append((labels[0], [(one.box, one.label, one.score) for one in said]))
    windows = slid(scene.pixels, "?")
    shown.append((WINDOW, [(one.box, "", one.score) for one in windows]))
    parts = [
        Panel(
            title,
            np.kron(scene.pixels, np.ones((4, 4))),
            boxes=[tuple(4 * edge for edge in box) for box, _, _ in some],
            marks=[
                (4 * box.x1 + 12, 4 * box.y1 - 3, label if p is None else f"{label} {percent(p)}")
                for box, label, p in some
                if label
            ],
        )
        for title, some in shown
    ]
    chart = panels(
        parts,
        title=f"Scene {number}",
        alt=f"Scene {number} with {count(len(real), 'thing')}; "
        + "; ".join(f"{title}: {count(len(some), 'box', 'boxes')}" for title, some in shown[1:])
        + ".",
        table=_rows(shown),
    )
    show_chart(chart, key="boxes-detected")


def _rows(shown: list):
    import pandas as pd

    names = ["whose", "what", "score", "left", "top", "right", "bottom"]
    rows = [
        (whose, label, p, *(round(float(edge), 1) for edge in box))
        for whose, some in shown
        for box, label, p in some
    ]
    return pd.DataFrame(rows, columns=names)


def _said(choice: "Choice", pixels) -> "list[Said]":
    import torch

    from lm_core.pictures.scenes import CLASSES
    from lm_core.tasks.detect import answers
    from lm_core.tasks.detect import found as boxes_of

    model = models.load(choice).model
    given = torch.from_numpy(pixels)[None, None]
    return boxes_of(model, *answers(model, given), list(CLASSES))[0]


def _areas(found: "list[Choice]", labels: list[str]) -> None:
    """mAP of each on the test scenes."""
    import pandas as pd

    rows = [{"who": WINDOW, "mAP": _window()}]
    rows += [
        {"who": label, "mAP": _measured(str(one.folder), models.stamp(one), one)}
        for label, one in zip(labels, found, strict=True)
    ]
    rows.sort(key=lambda row: -row["mAP"])
    st.subheader("How well each finds what is there")
    show_table(pd.DataFrame(rows), key="boxes-areas", places=3)
    st.markdown(
        "**What to notice.** A window finds where it is bright, and knows neither what it is nor "
        "how large. The detector has learned both: mAP is the area under precision over recall, at "
        "an IoU of at least 0.5, over 200 scenes that nobody learned from."
    )


@st.cache_data(max_entries=32, show_spinner="Asking the detector …")
def _measured(folder: str, stamp: float, _choice: "Choice") -> float:
    from lm_core.corpora.load import load_corpus
    from lm_core.tasks.detect import Detect

    data = load_corpus(CORPUS).splits
    return Detect().evaluate(models.load(_choice).model, data, "test", limit=None).metrics["mAP"]


@st.cache_data(max_entries=1, show_spinner="Sliding the window …")
def _window() -> float:
    """Of the window, which says the commonest class of the training scenes."""
    from lm_core.corpora.load import load_corpus
    from lm_core.pictures.average_precision import over_pictures
    from lm_core.pictures.cells import truths_of
    from lm_core.pictures.scenes import CLASSES
    from lm_core.pictures.sliding import slid
    from lm_core.tasks.detect import RIGHT

    splits, names = load_corpus(CORPUS).splits, list(CLASSES)
    seen = splits["train"].labels.flatten().bincount(minlength=len(names))
    label, part = names[int(seen[1:].argmax()) + 1], splits["test"]
    said = [slid(one[0].numpy(), label) for one in part.pixels]
    truths = [truths_of(*one, names) for one in zip(part.boxes, part.labels, strict=True)]
    return over_pictures(said, truths, RIGHT)
