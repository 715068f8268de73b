"""The slope of the line through two points."""

import math

import streamlit as st

from pages._ui.shared.show import show_chart, show_source

PLACES = ("slopes-px", "slopes-py", "slopes-qx", "slopes-qy")
LABELS = ("P: x", "P: y", "Q: x", "Q: y")
MOST = 30.0
FIRST = (1.0, 2.0, 13.0, 8.0)
# What is offered -> P and Q; the first two are those of the course.
OFFERED = {
    "Half up": FIRST,
    "Steep, down": (4.0, 15.0, 3.0, 21.0),
    "45° up": (0.0, 0.0, 10.0, 10.0),
    "45° down": (0.0, 10.0, 10.0, 0.0),
    "Level": (2.0, 5.0, 12.0, 5.0),
    "Vertical": (5.0, 2.0, 5.0, 12.0),
}
DIRECTIONS = {
    "up": "It goes up from left to right, as its slope is above 0.",
    "down": "It goes down from left to right, as its slope is below 0.",
    "level": "It goes neither up nor down: its slope is 0.",
    "vertical": "It is vertical: nothing can be divided by 0, so it has no slope, or an infinite "
    "one.",
}


def show() -> None:
    """The part of the screen."""
    st.write(
        "A slope says how far a line goes up for each step to the right: its sign is the "
        "direction, its size the steepness. All learning by gradient follows such numbers."
    )
    st.latex(r"m = \frac{dy}{dx} = \frac{y_Q - y_P}{x_Q - x_P}")
    with st.container(horizontal=True, gap="small"):
        for name, places in OFFERED.items():
            st.button(name, on_click=_offer, args=(places,), key=f"slopes-offer-{name}")
    given = [
        column.number_input(label, 0.0, MOST, start, step=0.5, key=key, bind="query-params")
        for column, label, start, key in zip(st.columns(4), LABELS, FIRST, PLACES, strict=True)
    ]
    from lm_core.foundations import slopes

    p, q = (given[0], given[1]), (given[2], given[3])
    line = slopes.line_through(p, q)
    picture, side = st.columns([3, 2], gap="medium")
    with picture:
        _draw(p, q, line.slope)
    with side:
        _told(line)
    show_source(slopes.Line)


def _offer(places: tuple[float, ...]) -> None:
    st.session_state.update(zip(PLACES, places, strict=True))


def _draw(p: tuple[float, float], q: tuple[float, float], slope: float) -> None:
    from lm_core.charts.plane import Curve, Point, plane

    low, high = min(p[0], q[0]) - 2, max(p[0], q[0]) + 2
    if math.isfinite(slope):
        through = ([low, high], [p[1] + slope * (x - p[0]) for x in (low, high)])
    else:
        through = ([p[0], p[0]], [min(p[1], q[1]) - 2, max(p[1], q[1]) + 2])
    said = f"slope {slope:.4g}" if math.isfinite(slope) else "vertical"
    chart = plane(
        [
            Curve("the line", *through),
            Curve("dx", [p[0], q[0]], [p[1], p[1]]),
            Curve("dy", [q[0], q[0]], [p[1], q[1]]),
        ],
        [Point(*p, "P"), Point(*q, "Q")],
        title="The line through P and Q",
        x="x",
        y="y",
        says=f"from P ({p[0]:g}, {p[1]:g}) to Q ({q[0]:g}, {q[1]:g}), {said}.",
        equal=True,
    )
    show_chart(chart, key="slopes-line")


def _told(line: object) -> None:
    dy, dx = f"{line.dy:g}", f"{line.dx:g}"
    made = r"\text{none}" if math.isinf(line.slope) else f"{line.slope:.4g}"
    st.latex(rf"m = \frac{{dy}}{{dx}} = \frac{{{dy}}}{{{dx}}} = {made}")
    steep = (
        "Its steepness is above 1: steeper than a line of 45°."
        if line.steep
        else "Its steepness is not above 1: no steeper than a line of 45°."
    )
    st.markdown(f"**What to notice:** {DIRECTIONS[line.direction]} {steep}")
    st.caption("P and Q changed places give the same slope: both differences change their sign.")
