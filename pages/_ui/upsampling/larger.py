"""A grid of four numbers made larger: nearest, bilinear, max-unpooling, transposed convolution."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.begun import begun
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch
from pages._ui.upsampling import grids

if TYPE_CHECKING:
    import numpy as np

    from lm_core.pictures.upsampling import Larger

METHOD, GRID, BEFORE, KERNEL = (
    f"upsampling-{one}" for one in ("method", "grid", "before", "kernel")
)
SIDE, SIZE, CORNERS = "upsampling-side", "upsampling-size", "upsampling-corners"
K, STRIDE, PADDING = "upsampling-k", "upsampling-stride", "upsampling-padding"
ROW, COLUMN = "upsampling-row", "upsampling-column"
BIND = "query-params"
FIRST = {
    1: [[7.0]],
    2: [[1.0, 2.0], [3.0, 4.0]],
    3: [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]],
}
POOLED = [[1.0, 6.0, 3.0, 3.0], [3.0, 5.0, 2.0, 1.0], [1.0, 2.0, 2.0, 1.0], [7.0, 3.0, 4.0, 8.0]]
METHODS = {
    "nearest": "Nearest",
    "bilinear": "Bilinear",
    "unpooling": "Max-unpooling",
    "transposed": "Transposed convolution",
}
IDEAS = {
    "nearest": "Each new cell takes the number of the old cell that it lies in.",
    "bilinear": "Each new cell mixes the four numbers around it, the nearer ones more.",
    "unpooling": "Pooling kept the largest of each 2 × 2 and remembered where it was. Each number "
    "goes back to that place; everything else is 0.",
    "transposed": "Each number stamps the kernel, times itself, onto the new grid; where stamps "
    "overlap they are added. The kernel is learned.",
}
NOTICED = {
    "nearest": "No number is new, and blocks with hard edges come out.",
    "bilinear": "Every new number lies between the smallest and the largest old one. A grid of one "
    "number is that number everywhere: choose one row before, and think of a network whose last "
    "map is 1 × 1.",
    "unpooling": "Places are exact again, but only one in four has a number: a convolution after "
    "it must fill the rest.",
    "transposed": "With a stride that does not divide the kernel's size some cells get more stamps "
    "than others: a chequered pattern, which generated pictures show. A kernel of bilinear weights "
    "makes it bilinear interpolation, and that is what a fully convolutional network begins with.",
}


def show() -> None:
    """The part of the screen."""
    from lm_core.pictures import upsampling as up

    method = switch("In which way", METHODS, key=METHOD)
    st.write(IDEAS[method])
    if method == "transposed":
        st.latex(r"H' = (H - 1)\,\text{stride} - 2\,\text{padding} + k")
    left, right = st.columns([2, 3], gap="medium")
    with left:
        side = 2  # what pooling left
        if method != "unpooling":
            side = st.slider("Rows and columns before", 1, 3, 2, key=SIDE, bind=BIND)
        grid = grids.edited(GRID, FIRST[side], title=f"**The grid, {side} × {side}**")
        if method in ("nearest", "bilinear"):
            size = st.slider("Rows and columns afterwards", 1, 8, 4, key=SIZE, bind=BIND)
            corners = method == "bilinear" and st.toggle(
                "Numbers lie in the corners",
                True,
                key=CORNERS,
                bind=BIND,
                help="As in the course's picture (align_corners); else each in the middle of its "
                "share of the grid.",
            )
            made = (
                up.nearest(grid, size, size)
                if method == "nearest"
                else up.bilinear(grid, size, size, corners=corners)
            )
        elif method == "unpooling":
            made = _unpooled(grid)
        else:
            made = _transposed(grid)
    with right:
        _result(made, METHODS[method])
    st.markdown(f"**What to notice.** {NOTICED[method]}")
    code = {"nearest": up.nearest, "bilinear": up.bilinear, "unpooling": up.unpooled}
    show_source(code.get(method, up.transposed), "The code")


def _unpooled(grid: "np.ndarray") -> "Larger":
    from lm_core.pictures.upsampling import pooled, unpooled

    before = grids.edited(BEFORE, POOLED, title="**Before pooling, 4 × 4**")
    largest, places = pooled(before)
    found = "; ".join(
        f"{value:g} in row {r + 1}, column {c + 1}"
        for value, (r, c) in zip(largest.flat, places.reshape(-1, 2), strict=True)
    )
    st.caption(f"The largest of each 2 × 2: {found}.")
    return unpooled(grid, places)


def _transposed(grid: "np.ndarray") -> "Larger":
    from lm_core.pictures.upsampling import bilinear_kernel, spread, transposed

    k = st.slider("Kernel, k × k", 1, 4, 2, key=K, bind=BIND)
    stride = st.slider("Stride", 1, 3, 2, key=STRIDE, bind=BIND)
    padding = st.slider("Padding, cells cut off on each side", 0, 2, 0, key=PADDING, bind=BIND)
    usual = [[1.0] * k for _ in range(k)]
    kernel = grids.edited(KERNEL, usual, title=f"**The kernel, {k} × {k}**")
    with st.container(horizontal=True, gap="small"):
        st.button("Ones", on_click=grids.begin, args=(KERNEL, usual), key="upsampling-ones")
        weights = bilinear_kernel(k).tolist()
        st.button(
            "Bilinear", on_click=grids.begin, args=(KERNEL, weights), key="upsampling-weights"
        )
    made = transposed(grid, kernel, stride=stride, padding=padding)
    with st.popover("The other way to see it: zeros in between", type="tertiary"):
        zeros = spread(grid, k, stride=stride, padding=padding)
        st.markdown(
            "The same comes out of a plain convolution, stride 1, over this grid with zeros "
            "between and around its numbers, with the kernel turned by 180 degrees."
        )
        _matrix(zeros, "The grid with zeros", "upsampling-zeros")
        _matrix(kernel[::-1, ::-1], "The kernel, turned", "upsampling-turned")
    return made


def _matrix(
    values: "np.ndarray", title: str, key: str, chosen: tuple[int, int] | None = None
) -> None:
    from lm_core.charts.matrices import matrix
    from lm_core.charts.theme import VERMILLION

    R, S = values.shape
    names = [[str(k + 1) for k in range(size)] for size in (R, S)]
    dark = st.context.theme.type == "dark"
    chart = matrix(
        values, *names, title=title, x="column of the grid", y="row of the grid", dark=dark
    )
    if chosen:
        i, j = chosen
        sides = {"x0": j - 0.5, "x1": j + 0.5, "y0": i - 0.5, "y1": i + 0.5}
        chart.figure.add_shape(type="rect", line={"color": VERMILLION, "width": 4}, **sides)
    show_chart(chart, key=key)


def _result(made: "Larger", title: str) -> None:
    place = st.container()
    R, S = made.values.shape
    found = []
    with st.container(horizontal=True):
        for key, label, size in ((ROW, "Row", R), (COLUMN, "Column", S)):
            if not 1 <= st.session_state.get(key, 1) <= size:
                del st.session_state[key]
            begin = begun(key, value=min(2, size))
            found.append(
                int(
                    st.number_input(
                        f"{label} of one cell", 1, size, **begin, key=key, bind=BIND, width=150
                    )
                )
                - 1
            )
    row, column = found
    with place:
        _matrix(made.values, f"{title}: {R} × {S}", "upsampling-made", (row, column))
    st.markdown(f"Row {row + 1}, column {column + 1}: {plain(made.said(row, column))}")
