"""Which rate and which momentum: a grid of both beside as many random points, on the map of all."""

import streamlit as st

from lm_core.figures import percent
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch
from pages._ui.shared.tables import show_table

PLACES = {"valley": "A long valley", "banana": "A bent valley", "saddle": "A saddle"}
WAYS = ("a grid of both", "random points")
DRAWS = 200  # of random points, to say how often they win


def show() -> None:
    """The part of the screen."""
    import pandas as pd

    from lm_core.charts.coverage import coverage
    from lm_core.foundations import searching
    from lm_core.foundations.surfaces import SURFACES

    st.write(
        "Which learning rate goes with which momentum? A **grid** tries every pair of a few values "
        "of each. **Random search** draws as many points, and so tries as many values of **each**: "
        "where one setting hardly matters, the grid has spent its trials on it."
    )
    place = switch("Where", PLACES, key="activations-where")
    one, two, three = st.columns(3)
    side = one.slider(
        "Values of each in the grid", 2, 6, 3, key="activations-side", bind="query-params"
    )
    steps = two.slider(
        "Steps of each trial", 10, 300, 100, 10, key="activations-trial", bind="query-params"
    )
    seed = three.number_input(
        "Seed of the points", 0, 2**31 - 1, 0, key="activations-draw", bind="query-params"
    )
    surface = SURFACES[place]
    ways = dict(zip(WAYS, searching.searched(surface, side, steps, seed), strict=True))
    chart = coverage(
        *_map(place, steps),
        {name: (found.points, found.losses) for name, found in ways.items()},
        title="Where each has looked for the least loss",
        names=("learning rate", "momentum"),
        unit="loss above the lowest",
        dark=st.context.theme.type == "dark",
    )
    show_chart(chart, key="activations-coverage")
    rows = [
        (
            name,
            len(found.points),
            *found.different,
            100 * found.gap,
            10 ** found.points[found.best, 0],
            found.points[found.best, 1],
            found.losses[found.best],
        )
        for name, found in ways.items()
    ]
    columns = ["way to search", "number of trials", "different rates", "different momenta"]
    columns += ["longest gap of rates (%)", "best rate", "best momentum", "lowest loss"]
    show_table(pd.DataFrame(rows, columns=columns), key="activations-search", places=4)
    won = _wins(place, side, steps)
    st.markdown(
        f"**What to notice.** {side * side} trials each: the grid has tried {side} rates, random "
        f"points {side * side}. In {percent(won)} of {DRAWS} draws the random points come lower "
        "than the grid: luck decides a single one. The Doctor searches both ways with a real "
        "network, in its fourth step."
    )
    st.caption(
        "Each trial is SGD with momentum from the same start; rates from 0.0001 to 0.01, evenly by "
        "their power of ten, and momenta from 0.85 to 0.99, as the course draws ten of them."
    )
    show_source(searching, "The code: grid and random search")


@st.cache_data(max_entries=32, show_spinner=False)
def _map(place: str, steps: int) -> tuple:
    from lm_core.foundations.searching import landscape
    from lm_core.foundations.surfaces import SURFACES

    return landscape(SURFACES[place], steps)


@st.cache_data(max_entries=64, show_spinner="Drawing points …")
def _wins(place: str, side: int, steps: int) -> float:
    from lm_core.foundations.searching import wins
    from lm_core.foundations.surfaces import SURFACES

    return wins(SURFACES[place], side, steps, DRAWS)
