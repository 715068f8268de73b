"""What is in the data before anything is learned from it: samples, ages, groups, both together."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.ages.given import DRAWN, FROM, pick
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import csv_button, readable_words

if TYPE_CHECKING:
    from lm_core.pictures.labelled_folder import Labelled

SAMPLE, PERSON, AGE = "ages-sample", "ages-person", "ages-age"
MANY = 12  # pictures of a sample
WIDE = 96  # pixels of one
GROUPS = 12  # of one kind that are drawn
BIND = "query-params"


def look() -> None:
    """Samples, histograms, a cross table and violins."""
    found = pick()
    if found is None:
        return
    drawn = st.session_state.get(FROM) == DRAWN
    _samples(found)
    if drawn:
        _older()
    from lm_core.charts.ages import histograms, violins

    st.header("How often each age comes")
    ages = found.table["age"]
    chart = histograms({"pictures": ages.tolist()}, title="Ages in these pictures")
    show_chart(chart, key="ages-histogram")
    st.markdown(f"**What to notice:** {notice(found)}")
    if not found.groups:
        st.caption("Nothing else is said of these pictures: a CSV could name groups.")
    for name in found.groups[:3]:
        groups = {
            plain_name(str(value)): found.table.loc[found.table[name] == value, "age"].tolist()
            for value in sorted(found.table[name].unique())[:GROUPS]
        }
        chart = violins(groups, title=f"Ages by {plain_name(name)}", by=plain_name(name))
        show_chart(chart, key=f"ages-violin-{found.groups.index(name)}")
    if len(found.groups) > 1:
        _cross(found)
    st.header("The table of labels")
    st.dataframe(readable_words(found.table), hide_index=True, height=240, key="ages-labels")
    csv_button(found.table, key="ages-labels")
    from lm_core.pictures import faces, labelled_folder

    show_source(faces if drawn else labelled_folder, "The code: where these pictures come from")


def plain_name(name: str) -> str:
    """A heading or a group of somebody's CSV, short and readable."""
    from lm_core.charts.words import shorten
    from lm_core.visible import readable

    return shorten(readable(name), 24)


def _samples(found: "Labelled") -> None:
    import numpy as np

    again = st.columns([2, 5])[0].number_input(
        "Sample", 0, 9999, 0, key=SAMPLE, bind=BIND, help="Each number draws other pictures."
    )
    rng = np.random.default_rng(int(again))
    chosen = rng.permutation(len(found.pixels))[:MANY]
    said = [f"{found.table['age'].iloc[k]} years" for k in chosen]
    st.image([found.pixels[k] for k in chosen], caption=said, alt=said, width=WIDE)


def _older() -> None:
    """One drawn person at any age."""
    import numpy as np

    from lm_core.pictures.faces import OLDEST, YOUNGEST, draw_face

    with st.container(border=True):
        st.header("One face, younger and older")
        line = st.columns([2, 5])
        person = int(line[0].number_input("Face", 0, 9999, 7, key=PERSON, bind=BIND))
        age = line[1].slider("Age in years", YOUNGEST, OLDEST, 40, key=AGE, bind=BIND)
        ages = sorted({5, 20, 40, 60, 80, age})
        drawn = [np.kron(draw_face(person, age=a).pixels, np.ones((3, 3, 1))) for a in ages]
        said = [f"{a} years" for a in ages]
        st.image(drawn, caption=said, alt=said, width=WIDE)
        st.caption(
            "The head grows until 20; then lines, grey hair, a hair line that goes back and "
            "sunken cheeks come, each a few years early or late."
        )


def notice(found: "Labelled") -> str:
    """What the histogram says."""
    import numpy as np

    from lm_core.charts.words import percent

    ages = found.table["age"].to_numpy()
    young, old = (float((ages < 20).mean()), float((ages >= 60).mean()))
    mean = ages.mean()
    off = float(np.abs(ages - mean).mean())
    return (
        f"{percent(young)} are younger than 20, {percent(old)} are 60 or older. Who always says "
        f"the mean, {mean:.0f} years, is {off:.1f} years off: a model has to beat that. "
        "Of ages that are rare it learns little, and they weigh little in its figure."
    )


def _cross(found: "Labelled") -> None:
    """How often two groups come together."""
    import pandas as pd

    from lm_core.charts.matrices import matrix

    one, other = found.groups[:2]
    counts = pd.crosstab(found.table[one], found.table[other]).iloc[:GROUPS, :GROUPS]
    chart = matrix(
        counts.to_numpy(),
        [plain_name(str(v)) for v in counts.index],
        [plain_name(str(v)) for v in counts.columns],
        title=f"Pictures by {plain_name(one)} and {plain_name(other)}",
        x=plain_name(other),
        y=plain_name(one),
        whole=True,
        dark=st.context.theme.type == "dark",
    )
    show_chart(chart, key="ages-cross")
    if (counts.to_numpy() == 0).any():
        st.caption("A cell with 0 is a group that a model cannot be judged on: plain as that is.")
