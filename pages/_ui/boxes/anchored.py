"""Anchors of every size and ratio over one place, and how many windows a picture has."""

import math

import streamlit as st

from lm_core.errors import BadPicture
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

SIZES, RATIOS = "boxes-sizes", "boxes-ratios"
WIDE, HIGH, STRIDE = "boxes-wide", "boxes-high", "boxes-stride"
STRIDES = (1, 2, 4, 8, 16, 32, 64)
MOST, BIND = 6, "query-params"


def show() -> None:
    """The part of the screen."""
    from lm_core.pictures import boxes

    st.write(
        "Where something is, nobody knows before, nor how large it is, nor how wide for its "
        "height. So boxes of several **sizes** and **aspect ratios** are tried at many places: "
        "once as windows that are cut out and classified, in Faster R-CNN as **anchors** that the "
        "network only moves and judges."
    )
    st.latex(r"w = \frac{s}{\sqrt{r}} \quad h = s\sqrt{r} \quad w h = s^2")
    left, right = st.columns([2, 3], gap="medium")
    with left:
        sizes = _numbers(
            st.text_input("Sizes s, in pixels", "32 64 128", max_chars=60, key=SIZES, bind=BIND),
            "Sizes",
            1,
            1000,
        )
        ratios = _numbers(
            st.text_input(
                "Aspect ratios r, height / width", "0.5 1 2", max_chars=60, key=RATIOS, bind=BIND
            ),
            "Ratios",
            0.05,
            20,
        )
        W = st.slider("Width of the picture", 32, 1024, 256, key=WIDE, bind=BIND)
        H = st.slider("Height of the picture", 32, 1024, 192, key=HIGH, bind=BIND)
        stride = st.select_slider(
            "Stride, pixels between two places", STRIDES, 16, key=STRIDE, bind=BIND
        )
    found = boxes.anchors(sizes, ratios, (W / 2, H / 2))
    with right:
        _drawn(found, W, H)
    _listed(found)
    st.header("What a sliding window costs")
    formula = boxes.cost((W, H), len(sizes), len(ratios))
    st.markdown(
        f"scales × ratios × width × height = {len(sizes)} × {len(ratios)} × {W} × {H} = "
        f"**{formula:,}** windows for one picture, each of which is classified"
    )
    counts = [
        sum(one.many for one in boxes.windows((W, H), sizes, ratios, every)) for every in STRIDES
    ]
    from lm_core.charts.boxes import windows_by_stride

    chart = windows_by_stride(STRIDES, counts, formula=formula, chosen=stride)
    show_chart(chart, key="boxes-windows")
    at = counts[STRIDES.index(stride)]
    places = math.ceil(W / stride) * math.ceil(H / stride)
    st.markdown(
        f"**What to notice.** With a stride of {stride} pixels, {at:,} windows lie inside the "
        "picture. Twice the stride leaves about a quarter of them, and things between two places "
        f"are missed. A network with a feature map of a cell for every {stride} × {stride} pixels "
        f"has {places:,} places with {len(found)} anchors each, **{places * len(found):,}** in "
        "all, and computes the picture once."
    )
    show_source(boxes.anchors, "The code: anchors")
    show_source(boxes.windows, "The code: windows")


def _numbers(text: str, what: str, low: float, high: float) -> list[float]:
    """Raises BadPicture where they are none, or too many."""
    try:
        found = [float(one) for one in text.replace(",", " ").split()]
    except ValueError:
        found = []
    if not 1 <= len(found) <= MOST or not all(low <= one <= high for one in found):
        raise BadPicture(
            f"{what}: give 1 to {MOST} numbers from {low:g} to {high:g}, with blanks between."
        )
    return found


def _drawn(found: list, W: int, H: int) -> None:
    from lm_core.charts.boxes import Drawn, boxes_drawn
    from lm_core.charts.theme import PALETTE

    ratios = list(dict.fromkeys(one.ratio for one in found))
    dashes = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
    drawn = [
        Drawn(
            *one.box,
            "",
            PALETTE[ratios.index(one.ratio)],
            dashes[ratios.index(one.ratio)],
            group=f"aspect ratio {one.ratio:g}",
        )
        for one in found
    ]
    outside = sum(
        one.box.x1 < 0 or one.box.y1 < 0 or one.box.x2 > W or one.box.y2 > H for one in found
    )
    alt = f"{len(found)} anchors around the middle; {outside} of them reach beyond the picture."
    chart = boxes_drawn(drawn, title="Anchors over one place", width=W, height=H, alt=alt)
    show_chart(chart, key="boxes-anchors")


def _listed(found: list) -> None:
    import pandas as pd

    table = pd.DataFrame(
        {
            "size s": [one.size for one in found],
            "ratio r": [one.ratio for one in found],
            "width s / √r": [one.box.width for one in found],
            "height s √r": [one.box.height for one in found],
            "area": [one.box.area for one in found],
        }
    )
    with st.popover("The arithmetic of each anchor", type="tertiary"):
        show_table(table, key="boxes-anchor-list", places=2, height=240)
