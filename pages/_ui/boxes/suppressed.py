"""Non-maximum suppression, round by round, on boxes that can be changed."""

import math

import streamlit as st

from lm_core.errors import BadPicture
from lm_core.pictures.boxes import Box, checked
from pages._ui.boxes import rows
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

LIST, THRESHOLD = "boxes-list", "boxes-threshold"
SIDE = 250
COLUMNS = ("x1", "y1", "x2", "y2", "how sure")
FIRST = [
    (58.0, 62.0, 158.0, 165.0, 0.92),
    (66.0, 55.0, 170.0, 158.0, 0.85),
    (50.0, 74.0, 148.0, 178.0, 0.7),
    (100.0, 95.0, 195.0, 190.0, 0.55),
    (182.0, 82.0, 241.0, 188.0, 0.88),
    (176.0, 92.0, 236.0, 199.0, 0.6),
    (12.0, 178.0, 62.0, 232.0, 0.75),
    (20.0, 185.0, 74.0, 238.0, 0.4),
]


def show() -> None:
    """The part of the screen."""
    from lm_core.pictures.boxes import suppression

    st.write(
        "A detector says the same thing many times, a little shifted each time. **Non-maximum "
        "suppression** keeps the surest box, takes out all that overlap with it too much, and "
        "goes on with the surest of what is left."
    )
    left, right = st.columns(2, gap="medium")
    with left:
        threshold = st.slider(
            "Taken out above an IoU of",
            0.0,
            1.0,
            0.5,
            0.05,
            key=THRESHOLD,
            bind="query-params",
        )
        st.caption(
            "x1, y1 is the upper left corner, x2, y2 the lower right one. Every number can be "
            "changed, rows added and taken out."
        )
        table = rows.edited(LIST, FIRST, COLUMNS, alt="A row for each box: its sides and its score")
        st.button(
            "Start again", on_click=rows.begin, args=(LIST, FIRST), key="boxes-suppression-again"
        )
    boxes, scores = _checked(table)
    found = suppression(boxes, scores, threshold)
    with left:
        many = len(found)
        after = st.slider("After round", 0, many, many, key=f"boxes-round-{many}") if many else 0
    with right:
        _drawn(boxes, scores, found[:after])
    _told(scores, found[:after], threshold)
    kept = ", ".join(str(one.kept + 1) for one in found)
    named = f": number {kept}" if found else ""
    st.markdown(
        f"**What to notice.** {len(found)} of {len(boxes)} boxes stay{named}. "
        "A low threshold takes out boxes of things that stand close to each other; a high one "
        "leaves one thing with several boxes. The scores decide the order and nothing else."
    )
    show_source(suppression, "The code")


def _checked(table: list[rows.Row]) -> tuple[list[Box], list[float]]:
    """Raises BadPicture where a row is no box with a score."""
    boxes, scores = [], []
    for number, row in enumerate(table, 1):
        *sides, score = row
        if score is None or not math.isfinite(score) or not 0 <= score <= 1:
            raise BadPicture(f"Box {number} needs a number from 0 to 1: how sure it is.")
        boxes.append(checked(*sides))
        scores.append(float(score))
    return boxes, scores


def _drawn(boxes: list[Box], scores: list[float], rounds: list) -> None:
    from lm_core.charts.boxes import Drawn, boxes_drawn
    from lm_core.charts.theme import BLUE, GREY, VERMILLION

    kept = {one.kept for one in rounds}
    gone = {k for one in rounds for k in one.dropped}
    looks = {
        "still there": (VERMILLION, "dash"),
        "kept boxes": (BLUE, "solid"),
        "taken out": (GREY, "dot"),
    }
    drawn = []
    for k, box in enumerate(boxes):
        what = "kept boxes" if k in kept else "taken out" if k in gone else "still there"
        color, dash = looks[what]
        drawn.append(
            Drawn(
                *box,
                f"{k + 1}: {scores[k]:.2f}",
                color,
                dash,
                group=what,
                below=what == "taken out",
            )
        )
    width = max([SIDE, *(box.x2 for box in boxes)])
    height = max([SIDE, *(box.y2 for box in boxes)])
    alt = (
        f"{len(kept)} kept, {len(gone)} taken out, "
        f"{len(boxes) - len(kept) - len(gone)} still there."
    )
    chart = boxes_drawn(drawn, title="Boxes with their scores", width=width, height=height, alt=alt)
    show_chart(chart, key="boxes-suppression")


def _told(scores: list[float], rounds: list, threshold: float) -> None:
    import pandas as pd

    told = [
        (
            number,
            one.kept + 1,
            scores[one.kept],
            other + 1,
            value,
            "taken out" if other in one.dropped else "stays",
        )
        for number, one in enumerate(rounds, 1)
        for other, value in one.compared.items()
    ]
    if told:
        names = ["round", "kept", "its score", "compared with", "IoU", f"above {threshold:g}?"]
        show_table(pd.DataFrame(told, columns=names), key="boxes-rounds", places=3)
