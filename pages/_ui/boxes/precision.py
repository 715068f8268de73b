"""Average precision, prediction by prediction, on a scene that can be changed."""

import math
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.errors import BadPicture
from lm_core.pictures.boxes import checked
from lm_core.visible import readable
from pages._ui.boxes import rows
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.pictures.average_precision import Judged, Said, Truth

SCENE, REACH = "boxes-scene", "boxes-reach"
SIDE = 250
COLUMNS = ("class", "x1", "y1", "x2", "y2", "how sure")
FIRST = [
    ("cat", 20.0, 30.0, 90.0, 110.0, None),
    ("cat", 130.0, 20.0, 210.0, 100.0, None),
    ("cat", 175.0, 105.0, 240.0, 160.0, None),
    ("dog", 40.0, 140.0, 120.0, 230.0, None),
    ("dog", 160.0, 165.0, 235.0, 240.0, None),
    ("cat", 24.0, 33.0, 94.0, 112.0, 0.95),
    ("cat", 60.0, 60.0, 130.0, 140.0, 0.8),
    ("cat", 125.0, 25.0, 205.0, 104.0, 0.7),
    ("cat", 30.0, 25.0, 96.0, 100.0, 0.5),
    ("dog", 44.0, 138.0, 125.0, 226.0, 0.9),
    ("dog", 20.0, 180.0, 80.0, 245.0, 0.6),
    ("dog", 155.0, 170.0, 228.0, 243.0, 0.4),
]
RANGE = [0.5 + 0.05 * k for k in range(10)]  # COCO's thresholds


def show() -> None:
    """The part of the screen."""
    from lm_core.pictures import average_precision as ap

    st.write(
        "How good is a detector? Take its predictions, the surest first. After each one, "
        "**precision** is how much of what was said is right, **recall** how much of what is there "
        "was found. The area under that curve is the **average precision** of a class, and the "
        "mean over the classes is the **mAP**."
    )
    left, right = st.columns(2, gap="medium")
    with left:
        st.caption(
            "Rows that leave “how sure” empty are objects that are there; the others are "
            "predictions."
        )
        table = rows.edited(
            SCENE,
            FIRST,
            COLUMNS,
            alt="A row for each object and each prediction",
            words=("class",),
        )
        st.button("Start again", on_click=rows.begin, args=(SCENE, FIRST), key="boxes-scene-again")
        reach = st.slider(
            "Right from an IoU of", 0.05, 0.95, 0.5, 0.05, key=REACH, bind="query-params"
        )
    truths, said = _read(table)
    labels = sorted({truth.label for truth in truths})
    if not labels:
        raise BadPicture("There is no object: add a row that leaves “how sure” empty.")
    with left:
        label = st.selectbox(
            "Class", labels, format_func=readable, key="boxes-label", bind="query-params"
        )
    found = ap.judged(said, truths, label, reach)
    many = len(found)
    with left:
        first = (
            st.slider("Predictions so far", 0, many, many, key=f"boxes-first-{many}") if many else 0
        )
    with right:
        _scene(truths, said, found[:first], label)
        _curve(found[:first], label)
    _table(found[:first])
    _means(said, truths, labels, reach)
    show_source(ap.judged, "The code: right or wrong")
    show_source(ap.average_precision, "The code: the area")


def _read(table: list[rows.Row]) -> "tuple[list[Truth], list[Said]]":
    """Raises BadPicture where a row is neither an object nor a prediction."""
    from lm_core.pictures.average_precision import Said, Truth

    truths, said = [], []
    for number, (label, *sides, score) in enumerate(table, 1):
        if not label:
            raise BadPicture(f"Row {number} has no class: give it one.")
        box = checked(*sides)
        if score is None:
            truths.append(Truth(box, str(label)))
        elif math.isfinite(score) and 0 <= score <= 1:
            said.append(Said(box, str(label), float(score)))
        else:
            raise BadPicture(
                f"Row {number} needs a number from 0 to 1 for how sure it is, or none."
            )
    return truths, said


def _scene(truths: "list[Truth]", said: "list[Said]", found: "list[Judged]", label: str) -> None:
    from lm_core.charts.boxes import Drawn, boxes_drawn
    from lm_core.charts.theme import BLUE, GREY, VERMILLION

    drawn = [
        Drawn(*one.box, "", GREY, filled=True, group="objects that are there")
        for one in truths
        if one.label == label
    ]
    for one in found:
        box, score = said[one.place].box, said[one.place].score
        right = one.truth is not None
        color, dash, group = (
            (BLUE, "solid", "right predictions")
            if right
            else (VERMILLION, "dash", "wrong predictions")
        )
        drawn.append(Drawn(*box, f"{score:.2f}", color, dash, group=group, below=not right))
    boxes = [*(one.box for one in truths), *(one.box for one in said)]
    width = max([SIDE, *(box.x2 for box in boxes)])
    height = max([SIDE, *(box.y2 for box in boxes)])
    right = sum(one.truth is not None for one in found)
    alt = f"{right} of {len(found)} predictions are right."
    chart = boxes_drawn(
        drawn, title="Objects and predictions", width=width, height=height, alt=alt, high=380
    )
    show_chart(chart, key="boxes-scene")


def _curve(found: "list[Judged]", label: str) -> None:
    from lm_core.charts.boxes import precision_recall
    from lm_core.pictures.average_precision import average_precision, falling

    chart = precision_recall(
        [one.recall for one in found],
        [one.precision for one in found],
        falling(found),
        area=average_precision(found),
        label=readable(label),
    )
    show_chart(chart, key="boxes-curve")


def _table(found: "list[Judged]") -> None:
    import pandas as pd

    if not found:
        st.markdown("Nothing was said of this class so far.")
        return
    table = pd.DataFrame(
        {
            "how sure": [one.score for one in found],
            "IoU with the best free object": [one.iou for one in found],
            "right or wrong": ["right" if one.truth is not None else "wrong" for one in found],
            "right / said": [f"{one.right} / {one.said}" for one in found],
            "precision so far": [one.precision for one in found],
            "right / there": [f"{one.right} / {one.there}" for one in found],
            "recall so far": [one.recall for one in found],
        }
    )
    show_table(table, key="boxes-judged", places=3)


def _means(said: "list[Said]", truths: "list[Truth]", labels: list[str], reach: float) -> None:
    from lm_core.pictures.average_precision import (
        average_precision,
        judged,
        mean_average_precision,
    )

    each = [average_precision(judged(said, truths, label, reach)) for label in labels]
    terms = " + ".join(f"{value:.4f}" for value in each)
    names = ", ".join(f"“{plain(label)}”" for label in labels)
    st.markdown(f"average precision of {names}: {', '.join(f'{value:.4f}' for value in each)}")
    mean = mean_average_precision(said, truths, [reach])
    st.markdown(f"mAP at {reach:.2f} = ({terms}) / {len(labels)} = **{mean:.4f}**")
    strict = mean_average_precision(said, truths, RANGE)
    st.markdown(
        f"**What to notice.** A second box on an object that was found is wrong. A wrong "
        "prediction with a high score costs more than one with a low score, as all points after it "
        "lie lower. Measured at ten thresholds from 0.50 to 0.95 and averaged, as COCO does, the "
        f"mAP here is {strict:.4f}: boxes must fit, too."
    )
