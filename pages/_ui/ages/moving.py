"""What the source left to be tried: what moves an answer, and how it does on other pictures."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.ages.training import CORPUS, answers, networks
from pages._ui.shared import models
from pages._ui.shared.own_texts import own_texts
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import numpy as np

    from pages._ui.shared.choice import Choice

MODEL, NUMBER, SIDE_OF = "ages-moved", "ages-moving", "ages-square"
FIRST, LAST = 1800, 1999  # faces of the test split
MOST = 8  # networks in the table
UNITS = {"light": "light added, from -1 to 1", "noise": "noise, its spread", "turn": "degrees"}


def look() -> None:
    """A map of one face, three curves, and a table of every network on every pictures."""
    from lm_core.pictures import sensitivity

    st.write(
        "The source of this lab (002) ends with a list of what is still to be tried. Three of it "
        "can be seen here: **where** a network looks, **how sensitive** it is, and whether what it "
        "learned from one collection **carries over** to another."
    )
    found = networks()
    if found:
        _moved(found)
    else:
        st.info("No network of yours is here yet: train one under Train and judge.")
    _carried(found[:MOST])
    show_source(sensitivity, "The code: what moves an answer")


def _moved(found: "list[Choice]") -> None:
    """One network and one drawn face: squares hidden, and light, noise and turns."""
    import pandas as pd

    from lm_core.charts.courses import courses
    from lm_core.charts.panels import Panel, panels
    from lm_core.pictures.faces import draw_face
    from lm_core.pictures.sensitivity import CHANGES, along, hidden, shaded

    line = st.columns([4, 2, 3], vertical_alignment="bottom")
    with line[0]:
        choice = models.pick(found, models.labels(found), key=MODEL)
    number = int(line[1].number_input("Face", FIRST, LAST, FIRST, key=NUMBER, bind="query-params"))
    side = line[2].slider(
        "Side of a square (pixels)", 4, 20, 8, 4, key=SIDE_OF, bind="query-params"
    )
    pixels = draw_face(number).pixels

    def answer(some: "np.ndarray") -> "np.ndarray":
        return answers(choice, some)

    said = float(answer(pixels[None])[0])
    change = hidden(answer, pixels, side)
    rows = [
        (row, column, float(value))
        for row, values in enumerate(change)
        for column, value in enumerate(values)
    ]
    most = max(rows, key=lambda row: abs(row[2]))
    alt = (
        f"It says {said:.0f} years. The square in row {most[0]}, column {most[1]} moves that most: "
        f"by {most[2]:+.1f} years when it is hidden."
    )
    chart = panels(
        [
            Panel("the face", (255 * pixels).round().astype("uint8")),
            Panel("what hiding each square changes", shaded(pixels, change, side)),
        ],
        title="Where it looks: one square after the other painted grey",
        alt=alt,
        table=pd.DataFrame(rows, columns=["row", "column", "years more"]),
    )
    show_chart(chart, key="ages-heat")
    st.caption(
        f"{alt} Blue: without the square it says less; orange: more; grey: nothing changes. A map "
        "says where the answer hangs, and not that it hangs there for a good reason."
    )
    for change_of in CHANGES:
        amounts, moved = along(answer, pixels, change_of)
        chart = courses(
            amounts,
            {"change of the answer": moved},
            title=f"How sensitive it is: {change_of}",
            over=UNITS[change_of],
            unit="years more",
            level=("no change", 0.0),
            height=240,
        )
        show_chart(chart, key=f"ages-along-{change_of}")


def _carried(found: "list[Choice]") -> None:
    """Mean error of each network on the test part of each collection."""
    import pandas as pd

    st.header("Learned from one, tested on another")
    given = {sha: one.title for sha, one in own_texts().items() if one.kind == "picture values"}
    sets = {"drawn faces": ""} | {
        plain(title): sha for sha, title in given.items() if title != "drawn faces"
    }
    rows = [
        {"network": "always the mean of its own"} | {k: measured_on(v) for k, v in sets.items()}
    ]
    rows += [
        {"network": label}
        | {k: measured_on(v, str(one.folder), models.stamp(one), one) for k, v in sets.items()}
        for label, one in zip(models.labels(found), found, strict=True)
    ]
    show_table(pd.DataFrame(rows), key="ages-carried", places=2)
    st.caption(
        "Mean error in years on the test part of each collection, which nothing learned from. "
        "Beside what the mean of that collection reaches, a network of another one has often "
        "learned less than it seemed. Keep pictures under Your own pictures to have a second "
        "column."
    )


@st.cache_data(max_entries=64, show_spinner="Asking the network …")
def measured_on(
    sha: str, folder: str = "", stamp: float = 0.0, _choice: "Choice | None" = None
) -> float:
    """Mean error in years on the test pictures of a collection, "" the drawn faces; of no network:
    of always saying the mean age of those that train."""
    from lm_core.corpora.load import load_corpus
    from lm_core.corpora.own import load_own
    from lm_core.tasks import picture_value

    splits = (load_own(sha) if sha else load_corpus(CORPUS)).splits
    part = splits["test"]
    if _choice is None:
        said = splits["train"].values.mean().expand(len(part.values))
    else:
        said = picture_value.answers(models.load(_choice).model, part.pixels)
    return (said - part.values).abs().mean().item()
