"""Two boxes, moved by hand, and intersection over union as arithmetic."""

import streamlit as st

from lm_core.pictures.boxes import Box
from pages._ui.boxes.dragging import dragged
from pages._ui.shared import address
from pages._ui.shared.show import show_source

PAIR = "boxes-pair"
SIDE = 250  # pixels of the plane
FIRST = (50, 50, 150, 150, 100, 100, 200, 200)
NAMES = ("A, the object", "B, what was said")
NOW, SLIDERS = "boxes-now", ("boxes-ax", "boxes-ay", "boxes-bx", "boxes-by")
OFFERED = {
    "The course's example": FIRST,
    "Apart": (20, 20, 100, 100, 140, 140, 230, 230),
    "The same box": (60, 60, 180, 180, 60, 60, 180, 180),
    "One inside the other": (40, 40, 210, 210, 90, 90, 160, 160),
}


def show() -> None:
    """The part of the screen."""
    from lm_core.charts.boxes import Drawn
    from lm_core.charts.theme import BLUE, VERMILLION
    from lm_core.pictures import boxes

    st.write(
        "How well does a box fit? **Intersection over union** divides what two boxes share by what "
        "they cover together: 0 where they do not touch, 1 where they are the same. A prediction "
        "is often called right from 0.5 on."
    )
    st.latex(r"\text{IoU} = \frac{|A \cap B|}{|A \cup B|}")
    if NOW not in st.session_state or address.brought(PAIR):
        _set(_read(address.get(PAIR)))
    with st.container(horizontal=True, gap="small"):
        for name, eight in OFFERED.items():
            st.button(name, on_click=_set, args=(eight,), key=f"boxes-offer-{name}")
    left, right = st.columns([3, 2], gap="medium")
    eight = st.session_state[NOW]
    a, b = Box(*eight[:4]), Box(*eight[4:])
    found = boxes.overlap(a, b)
    drawn = [Drawn(*a, NAMES[0], BLUE), Drawn(*b, NAMES[1], VERMILLION, "dash")]
    with left:
        dragged(
            drawn,
            shared=found.shared if found.intersection else None,
            width=SIDE,
            height=SIDE,
            key="boxes-dragged",
            label="Two boxes that can be moved",
            on_move=lambda sent: _set(tuple(one for box in sent for one in box)),
        )
    with right:
        st.metric("IoU", f"{found.iou:.4f}", width="content")
        labels = ("A across", "A down", "B across", "B down")
        for key, label in zip(SLIDERS, labels, strict=True):
            st.slider(label, 0, SIDE, key=key, on_change=_slid)
    address.keep(PAIR, "" if eight == FIRST else ",".join(str(one) for one in eight))
    _arithmetic(a, b)
    show_source(boxes.overlap, "The code: what two boxes share")
    show_source(boxes.Overlap, "The code: intersection over union")


def _arithmetic(a: Box, b: Box) -> None:
    from lm_core.pictures.boxes import overlap

    found = overlap(a, b)
    s = found.shared
    for name, box in (("A", a), ("B", b)):
        st.markdown(
            f"area of {name} = ({box.x2:g} − {box.x1:g}) × ({box.y2:g} − {box.y1:g}) = "
            f"{box.area:,.0f}"
        )
    if found.intersection:
        st.markdown(
            f"shared = ({s.x2:g} − {s.x1:g}) × ({s.y2:g} − {s.y1:g}) = {found.intersection:,.0f}: "
            "from the larger left and top to the smaller right and bottom"
        )
    else:
        st.markdown(
            "shared = 0: the smaller right or bottom does not lie beyond the larger left or top"
        )
    st.markdown(
        f"covered together = {a.area:,.0f} + {b.area:,.0f} − {found.intersection:,.0f} = "
        f"{found.union:,.0f}"
    )
    st.markdown(f"IoU = {found.intersection:,.0f} / {found.union:,.0f} = **{found.iou:.4f}**")
    verdict = "counts as right" if found.iou >= 0.5 else "does not count as right"
    st.markdown(
        f"**What to notice.** At a threshold of 0.5 this {verdict}. The course's two boxes share a "
        "quarter of each, and the IoU is only one seventh: what both cover grows as well. Where "
        "boxes do not touch it is 0, however far they are apart, so it says nothing about the way: "
        "it is a measure here, and boxes are learned by another loss, such as the squared error of "
        "their sides."
    )


def _read(text: str | None) -> tuple[int, ...]:
    """Eight whole numbers that are two boxes inside the plane, or the usual ones."""
    parts = (text or "").split(",")
    if len(parts) == 8 and all(one.isascii() and one.isdecimal() for one in parts):
        eight = tuple(int(one[:4]) for one in parts)
        pairs = [(eight[k], eight[k + 2]) for k in (0, 1, 4, 5)]
        if all(0 <= low < high <= SIDE for low, high in pairs):
            return eight
    return FIRST


def _set(eight: tuple[int, ...]) -> None:
    """Two boxes, on the plane and on the sliders."""
    eight = _read(",".join(str(one) for one in eight))
    st.session_state[NOW] = eight
    for key, k in zip(SLIDERS, (0, 1, 4, 5), strict=True):
        st.session_state[key] = (eight[k], eight[k + 2])


def _slid() -> None:
    """The boxes as the sliders have them; one without an area keeps a pixel."""
    eight = [0] * 8
    for key, k in zip(SLIDERS, (0, 1, 4, 5), strict=True):
        low, high = st.session_state[key]
        low = min(low, SIDE - 1)
        eight[k], eight[k + 2] = low, max(high, low + 1)
    _set(tuple(eight))
