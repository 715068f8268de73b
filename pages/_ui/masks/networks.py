"""What goes through an FCN and a U-Net: shapes from a real forward pass, for a picture of any
size."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source
from pages._ui.shared.tables import csv_button

if TYPE_CHECKING:
    from lm_core.models.contract import Model

NETWORK, HIGH, WIDE, CLASSES = (f"masks-{what}" for what in ("net", "high", "wide", "many"))
BIND = "query-params"
NETWORKS: dict[str, tuple[str, dict[str, Any]]] = {  # what it is called -> family, settings
    "FCN without skips": ("fcn", {"skips": 0}),
    "FCN with one skip": ("fcn", {"skips": 1}),
    "FCN with two skips": ("fcn", {"skips": 2}),
    "U-Net without skips": ("unet", {"skips": False}),
    "U-Net": ("unet", {"skips": True}),
}
USUAL = "U-Net"
PARTS = {  # how parts of the models begin -> what they are
    "picture": "what comes in",
    "layers": "filters, before pooling",
    "deep": "in place of the linear layers",
    "scores": "scores of each class at this size",
    "downs": "two filters on the way down",
    "ups": "made twice as large",
    "joins": "two filters on the way up",
    "logits": "scores of each class for each pixel",
}


@st.cache_data(max_entries=64, show_spinner=False)
def traced(name: str, height: int, width: int, n_classes: int) -> tuple[list, int]:
    """The steps, and how many numbers the network learns."""
    from lm_core.inspection.picture_shapes import steps

    model = untrained(name, n_classes)
    return steps(model, height, width), model.n_parameters


def untrained(name: str, n_classes: int) -> "Model":
    """The network of that name, with random weights."""
    from lm_core.models.building import build_model

    family, settings = NETWORKS[name]
    return build_model(family, settings, {"n_classes": n_classes, "channels": 1}).eval()


def look() -> None:
    """A network, a size, and the shapes of all that is computed."""
    line = st.columns([4, 2, 2, 2], vertical_alignment="bottom")
    name = line[0].selectbox(
        "Network", list(NETWORKS), index=list(NETWORKS).index(USUAL), key=NETWORK, bind=BIND
    )
    height = int(line[1].number_input("Height", 8, 128, 32, key=HIGH, bind=BIND))
    width = int(line[2].number_input("Width", 8, 128, 32, key=WIDE, bind=BIND))
    n_classes = int(
        line[3].number_input(
            "Classes", 2, 64, 4, key=CLASSES, bind=BIND, help="The paper of 2015 has 21."
        )
    )
    found, n_parameters = traced(name, height, width, n_classes)
    last = found[-1][1]
    st.markdown(
        f"A picture of **{height} × {width}** gives **{last[0]} × {last[1]} × {last[2]}** scores: "
        f"one for each class and pixel, whatever the size. The network learns {n_parameters:,} "
        "numbers, and none of them depends on height or width."
    )
    _table(found)
    st.markdown(f"**What to notice:** {notice(name, found)}")
    _linear(height, width)
    from lm_core.models.pictures import fcn, unet

    show_source(unet if NETWORKS[name][0] == "unet" else fcn, "The code: the whole model")


def _table(found: list[tuple[str, tuple[int, ...]]]) -> None:
    import pandas as pd

    rows = [
        {
            "part": part,
            "what it is": what(part),
            "filters": shape[0],
            "height": shape[1],
            "width": shape[2],
            "numbers": shape[0] * shape[1] * shape[2],
        }
        for part, shape in found
    ]
    table = pd.DataFrame(rows)
    st.dataframe(table, hide_index=True, key="masks-shapes")
    csv_button(table, key="masks-shapes")


def what(part: str) -> str:
    """In words, what a part of a network makes."""
    if part.endswith(".before"):
        way = "down" if part.startswith("downs") else "up"
        return f"what the filters of this level read on the way {way}"
    return PARTS[part.split(".")[0]]


def notice(name: str, found: list[tuple[str, tuple[int, ...]]]) -> str:
    """What the table says."""
    shapes = dict(found)
    smallest = min(found, key=lambda one: (one[1][1], -one[1][0]))
    said = (
        f"The picture is smallest at {plain(smallest[0])}: {smallest[1][1]} × {smallest[1][2]} "
        f"places with {smallest[1][0]} filters each. "
    )
    if NETWORKS[name][0] == "unet":
        up, joined = shapes["ups.0"][0], shapes["joins.0.before"][0]
        if joined > up:
            return said + (
                f"On the way up the last level reads {joined} filters: {up} that were made larger, "
                f"and beside them the {joined - up} of the way down, which still know the edges. "
                "A U-Net lays them beside each other; an FCN adds scores."
            )
        return said + (
            f"Without skips the last level reads only the {up} filters that were made larger: "
            "where an edge was must come through the smallest picture."
        )
    sizes = [shape for part, shape in found if part.startswith("scores")]
    listed = ", then ".join(f"{shape[1]} × {shape[2]}" for shape in sizes)
    more = " Each is made twice as large and the next is added." if len(sizes) > 1 else ""
    return said + f"Classes are scored at {listed}.{more} The rest of the way is interpolation."


def _linear(height: int, width: int) -> None:
    """Why a usual CNN is bound to a size."""
    from lm_core.models.building import build_model

    with st.expander("Why a CNN with a linear layer takes one size only"):
        sizes = {"n_classes": 4, "channels": 1, "height": 32, "width": 32}
        model = build_model("convolution", {}, sizes)
        has = model.hidden.in_features
        maps = model.layers[-1].out_channels
        needs = maps * -(-height // 4) * -(-width // 4)
        st.markdown(
            f"The CNN of the digits, made for 32 × 32 pixels, lays its {maps} maps of 8 × 8 "
            f"numbers in a row, and its linear layer has weights for exactly {has:,} of them. A "
            f"picture of {height} × {width} gives {needs:,}: "
            + ("that fits." if needs == has else "there are no weights for that.")
            + " An FCN puts filters in the place of linear layers, and filters go over any size."
        )
