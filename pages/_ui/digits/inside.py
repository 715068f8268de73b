"""Inside the network: every filter and every map of one picture, and one place by hand."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.digits.reading import Seen, dark, seen
from pages._ui.shared.numbered import choose
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.inspection.pictures import Layer

EXAMPLE = {  # of the course: 37 of the first channel and 19 of the second, 56 in all
    "digits-see-1": ("What is seen, channel 1", [[1, 2], [4, 5]]),
    "digits-filter-1": ("Filter, channel 1", [[1, 2], [3, 4]]),
    "digits-see-2": ("What is seen, channel 2", [[0, 1], [3, 4]]),
    "digits-filter-2": ("Filter, channel 2", [[0, 1], [2, 3]]),
}


def show() -> None:
    """The part of the screen."""
    from lm_core.inspection.pictures import layers

    of = seen()
    st.write(
        "A **filter** is a small table of numbers that is laid over every place of the picture: "
        "products, summed. What it gives at all places is its **map**; below zero becomes zero "
        "(ReLU), and of four places that touch the largest is kept (pooling)."
    )
    st.latex(
        r"\text{map}_{ij} = \text{relu}\Big(b + \sum_{c, u, v} w_{cuv}\, x_{c,\,i+u,\,j+v}\Big)"
    )
    places = st.columns(3, vertical_alignment="bottom")
    with places[0]:
        digit = choose("Picture of", of.names, key="digits-of")
    number = places[1].number_input("Which one", 1, 20, 1, key="digits-which", bind="query-params")
    found = layers(of.model, of.one(digit, number - 1))
    with places[2]:
        names = [f"layer {n + 1}" for n in range(len(found))]
        at = choose("Layer", names, key="digits-layer")
    layer = found[at]
    _maps(of, layer, at)
    _by_hand(layer)
    _example()
    _weights(of)
    show_source(by_hand_code(), "The code: a convolution by hand")


def by_hand_code() -> object:
    """The module, read when it is shown."""
    from lm_core.pictures import convolving

    return convolving


def _maps(of: Seen, layer: "Layer", at: int) -> None:
    from lm_core.charts.picture_grid import picture_grid

    given = picture_grid(
        layer.given.numpy()[:16],
        ["the picture"] if not at else [f"{n + 1}" for n in range(len(layer.given[:16]))],
        title="What goes in",
        columns=6,
        unit="activation" if at else "brightness",
        each=bool(at),
        height=170 if not at else None,
    )
    filters = picture_grid(
        layer.filters[:, 0].numpy(),
        [f"{n + 1}" for n in range(len(layer.filters))],
        title="The filters" if not at else "The filters, what they do to the first map",
        columns=6,
        unit="weight",
        signed=True,
        dark=dark(),
    )
    maps = picture_grid(
        layer.maps.numpy(),
        [f"{n + 1}" for n in range(len(layer.maps))],
        title="The map of every filter",
        columns=6,
        unit="activation",
        each=True,
    )
    show_chart(given, key="digits-given")
    show_chart(filters, key="digits-filters")
    show_chart(maps, key="digits-maps")
    quiet = int((layer.maps.flatten(1).max(1).values == 0).sum())
    st.caption(
        "Filters: one colour is above zero, the other below. Maps: each from its own black to its "
        f"own white. Of {len(layer.maps)} filters {quiet} find nothing in this picture."
    )


def _by_hand(layer: "Layer") -> None:
    """One place of one map, with every product."""
    import pandas as pd

    from lm_core.pictures.convolving import place

    st.header("One place by hand")
    F, H, W = layer.maps.shape
    places = st.columns(3, vertical_alignment="bottom")
    with places[0]:
        n = choose("Filter", [f"filter {n + 1}" for n in range(F)], key="digits-filter")
    row = places[1].number_input("Row", 1, H, (H + 1) // 2, key="digits-row", bind="query-params")
    column = places[2].number_input(
        "Column", 1, W, (W + 1) // 2, key="digits-column", bind="query-params"
    )
    k = layer.filters.shape[-1]
    pad = [(k - 1) // 2, k // 2]
    import numpy as np

    x = np.pad(layer.given.double().numpy(), ((0, 0), pad, pad))
    kernel, bias = layer.filters[n].double().numpy(), float(layer.bias[n])
    found = place(x, kernel, row - 1, column - 1, bias)
    strongest = int(np.abs(found.products).sum(axis=(1, 2)).argmax())
    products = [
        {
            "row": u + 1,
            "column": v + 1,
            "seen": found.seen[strongest, u, v],
            "weight": kernel[strongest, u, v],
            "product": found.products[strongest, u, v],
        }
        for u in range(k)
        for v in range(k)
    ]
    show_table(pd.DataFrame(products), key="digits-products", places=3)
    channels = len(found.by_channel)
    st.markdown(
        f"Channel {strongest + 1} of {channels} is shown, which weighs most here: its products "
        f"come to {found.by_channel[strongest]:.3f}, those of all channels to "
        f"{sum(found.by_channel):.3f}. With the bias {bias:.3f} that is **{found.value:.3f}**, "
        f"and the network's own map has {float(layer.maps[n, row - 1, column - 1]):.3f} there "
        "(ReLU: never below zero). Beyond the edge of the picture is zero: **padding**, so that a "
        "map is as large as what it came from."
    )


def _example() -> None:
    """Two channels with numbers to change."""
    import numpy as np
    import pandas as pd

    from lm_core.pictures.convolving import place

    st.header("Two channels")
    st.write(
        "A colour picture has three channels, and a later layer one for each filter before it. "
        "A filter then has a table for each, and their sums are added."
    )
    tables = {}
    for box, (key, (label, values)) in zip(st.columns(4), EXAMPLE.items(), strict=True):
        with box:
            st.caption(label)
            edited = st.data_editor(
                pd.DataFrame(values, columns=["1", "2"], dtype=float),
                hide_index=True,
                key=key,
                column_config={
                    name: st.column_config.NumberColumn(required=True, default=0.0)
                    for name in ("1", "2")
                },
            )
            tables[key] = np.nan_to_num(edited.to_numpy(dtype=float))
    seen_ = np.stack([tables["digits-see-1"], tables["digits-see-2"]])
    kernel = np.stack([tables["digits-filter-1"], tables["digits-filter-2"]])
    found = place(seen_, kernel, 0, 0)
    one, two = found.by_channel
    st.markdown(f"{one:g} + {two:g} = **{found.value:g}**")


def _weights(of: Seen) -> None:
    """How many numbers a dense layer takes beside filters."""
    from lm_core.pictures.convolving import dense_weights, filter_weights

    st.header("Why filters")
    places = st.columns(3, vertical_alignment="bottom")
    side = places[0].number_input(
        "Side of the picture", 1, 4096, 256, key="digits-side", bind="query-params"
    )
    units = places[1].number_input(
        "Units, or filters", 1, 100_000, 1000, key="digits-units", bind="query-params"
    )
    kernel = places[2].number_input(
        "Side of a filter", 1, 11, 3, key="digits-kernel", bind="query-params"
    )
    inputs, dense = dense_weights((side, side), 1), dense_weights((side, side), units)
    st.markdown(
        f"A grey picture of {side} × {side} is **{inputs:,}** numbers. A dense layer of {units:,} "
        f"units over it has **{dense:,}** weights, three times as many in colour. As many filters "
        f"of {kernel} × {kernel} have **{filter_weights(1, units, kernel):,}** weights and biases, "
        "however large the picture is, and what they learn in one corner they know in all."
    )
    total = of.model.n_parameters
    st.caption(f"The network above has {total:,} parameters in all.")
