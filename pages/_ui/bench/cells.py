"""Erosion and dilation on cells that are painted, with a guess before the answer."""

from functools import partial

import streamlit as st

from pages._ui.shared import address
from pages._ui.shared.painting import painting
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch

ROWS, COLUMNS, ELEMENT = 8, 10, 3
PICTURE, SHAPE, GUESS = "bench-cells", "bench-element", "bench-guess"
OPERATION, SHOWN = "bench-operation", "bench-revealed"
ROW, COLUMN = "bench-cell-row", "bench-cell-column"
NOTHING = "/".join(["0" * COLUMNS] * ROWS)
FIRST = "/".join(
    [
        *("0000000000", "0011110000", "0011110000", "0011110010"),
        *("0011111100", "0000111100", "0100111100", "0000000000"),
    ]
)
SHAPES = {"Square": "111/111/111", "Cross": "010/111/010", "Line": "000/111/000"}
BIND = "query-params"
Cells = list[list[int]]


def show() -> None:
    """The part of the screen."""
    from lm_core.pictures import morphology

    st.write(
        "A small shape, the **structuring element**, is laid with its middle on every cell in "
        "turn. **Dilation** gives 1 where it hits any 1, **erosion** where it fits into the ones "
        "entirely. Beyond the border nothing hits and everything fits: there lie zeros for "
        "dilation, and ones for erosion."
    )
    st.latex(
        r"\begin{gathered} \text{dilation: } \max_{(i,j)} f(r+i, c+j) \\ "
        r"\text{erosion: } \min_{(i,j)} f(r+i, c+j) \end{gathered}"
    )
    operation = switch(
        "Which of the two", {"dilation": "Dilation", "erosion": "Erosion"}, key=OPERATION
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="top"):
        with st.container(width=190):
            st.markdown("**The structuring element**")
            shape = _painted(SHAPE, SHAPES["Square"], ELEMENT, ELEMENT, "The structuring element")
        with st.container(horizontal=True, gap="small", width="content"):
            for name, text in SHAPES.items():
                st.button(name, on_click=_set, args=(SHAPE, text), key=f"bench-shape-{name}")
            st.button(
                "Empty the picture", on_click=_set, args=(PICTURE, NOTHING), key="bench-empty"
            )
            st.button("Start again", on_click=_set, args=(PICTURE, FIRST), key="bench-again")
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**The picture.** Paint on it: 1 is what is light.")
        picture = _painted(PICTURE, FIRST, ROWS, COLUMNS, "The picture, cells of 0 and 1")
        revealed = st.toggle("Show the result", key=SHOWN)
    if not any(one for row in shape for one in row):
        st.error("The structuring element is empty: paint at least one cell of it.")
        return
    with right:
        if not revealed:
            st.markdown("**Your guess.** Paint where the result is 1, then show it.")
            _painted(GUESS, NOTHING, ROWS, COLUMNS, "Your guess, cells of 0 and 1")
            return
        _answer(operation, picture, shape)
    show_source(getattr(morphology, operation), "The code")


def _answer(operation: str, picture: Cells, shape: Cells) -> None:
    import numpy as np

    from lm_core.charts.pixels import cells
    from lm_core.pictures import morphology

    light, element = np.array(picture, dtype=float), np.array(shape)
    made = getattr(morphology, operation)(light, element)
    place = st.container()
    with st.container(horizontal=True):
        row = st.number_input("Row of one cell", 1, ROWS, 4, key=ROW, bind=BIND, width=150)
        column = st.number_input(
            "Column of one cell", 1, COLUMNS, 4, key=COLUMN, bind=BIND, width=150
        )
    text = st.session_state.get(GUESS, (NOTHING, 0))[0]
    guess = None if text == NOTHING else _read(text, ROWS, COLUMNS)
    title = "After dilation" if operation == "dilation" else "After erosion"
    with place:
        chart = cells(made, title=title, chosen=(row - 1, column - 1), guessed=guess)
        show_chart(chart, key="bench-made")
    if guess is not None:
        right = int((made == np.array(guess)).sum())
        st.markdown(f"Your guess is right in **{right} of {made.size}** cells.")
    pad = float(operation == "erosion")
    values = morphology.under(light, element, pad, row - 1, column - 1)
    listed = ", ".join(f"{int(one)}" for one in values)
    st.markdown(f"Row {row}, column {column}: under the element lie {listed}.")
    if operation == "dilation":
        st.markdown(f"The largest of them is **{int(values.max())}**.")
    else:
        st.markdown(f"The smallest of them is **{int(values.min())}**.")
    st.markdown(
        f"**What to notice.** {int(light.sum())} cells were 1, now {int(made.sum())} are. Dilation "
        "fills holes and joins what is near, erosion takes single cells away; erosion and then "
        "dilation takes out what is small and leaves the rest about as large as it was."
    )


def _set(key: str, text: str) -> None:
    """Other cells; what was painted is forgotten."""
    _, version = st.session_state.get(key, ("", 0))
    st.session_state[key] = text, version + 1


def _painted(key: str, usual: str, rows: int, columns: int, label: str) -> Cells:
    """The cells as they are now; those of the picture and the element are in the address."""
    bound = key != GUESS
    if key not in st.session_state or (bound and address.brought(key)):
        given = address.get(key) if bound else None
        _set(key, usual if given is None else _written(_read(given, rows, columns)))
    text, version = st.session_state[key]
    now = _read(text, rows, columns)
    painting(
        _written(now).replace("/", ""),
        columns,
        kind="marks",
        key=f"{key}-drawn",
        label=label,
        hint="Press and drag, or arrows and the space bar." if key != SHAPE else "",
        version=version,
        on_paint=partial(_keep, key, columns),
    )
    if bound:
        address.keep(key, "" if text == usual else text)
    return now


def _keep(key: str, columns: int, painted: str) -> None:
    lines = [painted[at : at + columns] for at in range(0, len(painted), columns)]
    st.session_state[key] = "/".join(lines), st.session_state[key][1]


def _read(text: str, rows: int, columns: int) -> Cells:
    """Rows of 0 and 1 with / between; what is missing or no 1 is a 0."""
    lines = [*text.split("/"), *[""] * rows][:rows]
    return [[int(sign == "1") for sign in line[:columns].ljust(columns, "0")] for line in lines]


def _written(painted: Cells) -> str:
    return "/".join("".join(str(one) for one in row) for row in painted)
