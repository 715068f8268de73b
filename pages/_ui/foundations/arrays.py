"""Arrays against lists: arithmetic on all at once, masks, places in two dimensions."""

import streamlit as st

from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

PICKED, LISTED = "arrays-index", "arrays-list"
WANTED = ":, [1, 2]"  # the course's question: the second and the third person, both rows


def show() -> None:
    """The part of the screen."""
    import numpy as np

    from lm_core.foundations import arrays, typed

    st.write(
        "With an array one calculates with all its numbers at once: the body mass index of a whole "
        "family is one line. A comparison gives an array of truth values, a **mask**; in square "
        "brackets it picks where it is true."
    )
    st.latex(r"\text{bmi} = \text{weight} \,/\, \text{height}^2")
    left, right = st.columns(2)
    given = ", ".join(map(str, arrays.HEIGHTS))
    tall = left.text_input(
        "Heights in metres", given, max_chars=200, key="arrays-heights", bind="query-params"
    )
    given = ", ".join(map(str, arrays.WEIGHTS))
    heavy = right.text_input(
        "Weights in kilograms", given, max_chars=200, key="arrays-weights", bind="query-params"
    )
    heights, weights = (np.array(typed.read_row(text)) for text in (tall, heavy))
    _bmi(heights, weights)
    st.header("A list is no array")
    _list()
    st.header("Places in two dimensions")
    _places(heights, weights)
    show_source(arrays, "The code: arrays")


def _bmi(heights: object, weights: object) -> None:
    import pandas as pd

    from lm_core.errors import BadText
    from lm_core.foundations import arrays

    if len(heights) != len(weights):
        raise BadText("Write as many weights as heights: they are divided one by one.")
    if not (heights > 0).all():
        raise BadText("A height is above zero: the weight is divided by its square.")
    bmi = arrays.bmi(heights, weights)
    least = st.slider("Over", 15.0, 35.0, 23.0, 0.5, key="arrays-over", bind="query-params")
    mask = bmi > least
    table = pd.DataFrame(
        {
            "height (m)": heights,
            "weight (kg)": weights,
            "bmi (kg/m²)": bmi,
            f"bmi > {least:g}": [str(one) for one in mask.tolist()],
        }
    )
    show_table(table, key="arrays-bmi", places=3)
    picked = ", ".join(f"{one:.3f}" for one in bmi[mask])
    st.markdown(f"`bmi[bmi > {least:g}]` is **[{picked}]**, {int(mask.sum())} of {len(bmi)}.")


def _list() -> None:
    import numpy as np

    from lm_core.foundations.typed import read_row

    text = st.text_input("Numbers", "1, 2, 3", max_chars=100, key=LISTED, bind="query-params")
    numbers = [int(one) if one == int(one) else one for one in read_row(text)]
    left, right = st.columns(2)
    left.caption("Two lists: one behind the other")
    left.code(f"xs + xs == {numbers + numbers}", language="python", wrap_lines=True)
    array = np.array(numbers)
    right.caption("Two arrays: number by number")
    right.code(f"a + a == {(array + array).tolist()}", language="python", wrap_lines=True)


def _places(heights: object, weights: object) -> None:
    import numpy as np

    from lm_core.charts.picked_cells import picked_cells
    from lm_core.foundations import typed

    table = np.array([heights, weights])
    st.write(
        "Heights and weights as one array of two rows. Before the comma stands the row, after it "
        "the column, counted from 0; a colon is all of them, and a list picks several. **Try:** "
        "how do you get the second and the third person, both rows?"
    )
    text = st.text_input(
        "np_2d[…]",
        "0, 2",
        max_chars=60,
        key=PICKED,
        bind="query-params",
        help="Such as 0, 2 or :, [1, 2] or 1, ::-1 or -1.",
    )
    taken, mask = typed.chosen(table, typed.read_index(text))
    show_chart(picked_cells(table, mask, title="What it picks"), key="arrays-picked")
    shape = "()" if not taken.shape else str(taken.shape)
    st.markdown(f"`np_2d` has the shape (2, {len(heights)}); what is picked has {plain(shape)}:")
    st.code(repr(taken), language="text", wrap_lines=True)
    if table.shape[1] > 2:
        wanted, _ = typed.chosen(table, typed.read_index(WANTED))
        if taken.shape == wanted.shape and (taken == wanted).all():
            st.success("Yes: these are the second and the third person, both rows.")
