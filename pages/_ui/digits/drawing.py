"""Draw a digit and see what the network takes it for."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.digits.reading import Seen, dark, seen
from pages._ui.shared import address
from pages._ui.shared.painting import LEVELS, painting, read
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch

if TYPE_CHECKING:
    import torch

DRAWN, FIRST, NUMBER = "digits-drawn", "digits-first", 3  # a three to begin with
PLACED = "digits-placed"  # how often a picture came that was not painted
GREYS = LEVELS["greys"]
HINT = "Paint with the pointer, or with arrow keys and the space bar. Begin on white to erase."
WAYS = {"drawn": "What was drawn", "shifted": "Moved one pixel right", "turned": "Turned 90°"}


def show() -> None:
    """The part of the screen."""
    of = seen()
    st.write(
        "Paint a digit. The network slides small **filters** over it, layer on layer, keeps what "
        "they found and gives each class a **probability**; all of them add up to 1."
    )
    st.latex(r"h_{l+1} = \text{pool}(\text{relu}(w_l * h_l + b_l))")
    st.latex(r"p = \text{softmax}(V h)")
    left, right = st.columns([2, 3], gap="medium")
    with left:
        cells = _painted(of)
    with right:
        way = switch("What is looked at", WAYS, key="digits-way")
        pixels = changed(tensor(cells, of.side), way)
        p = probabilities(of, pixels)
        show_chart(_bars(of, p), key="digits-classes")
    best = int(p.argmax())
    st.markdown(
        f"**What to notice.** It takes this for **{plain(of.names[best])}**. "
        f"{_said(of, cells, way, p)}"
    )
    _maps(of, pixels)
    show_source(type(of.model), "The code: the model")


def _painted(of: Seen) -> str:
    """The picture as it stands: of the address, painted, or one that is offered."""
    side = of.side
    brought = read(address.get(DRAWN), side * side, "greys") if address.brought(DRAWN) else None
    if brought is not None:
        _place(brought)
    elif read(st.session_state.get(DRAWN), side * side, "greys") is None:
        _place(letters(of.one(min(NUMBER, len(of.names) - 1))))
    cells = st.session_state[DRAWN]
    address.keep(DRAWN, cells if side <= 8 else "")
    painting(
        cells,
        side,
        kind="greys",
        key=f"digits-canvas-{side}",
        label="A picture to paint",
        version=st.session_state.get(PLACED, 0),
        on_paint=_keep,
        hint=HINT,
        cell=36,
    )
    with st.container(horizontal=True):
        if st.button("Clear", key="digits-clear"):
            _again("0" * side * side)
        if st.button("Another example", key="digits-example"):
            at = st.session_state.get(FIRST, NUMBER) + 1
            st.session_state[FIRST] = at
            _again(letters(of.one(at % len(of.names), at // len(of.names))))
    return cells


def _keep(cells: str) -> None:
    st.session_state[DRAWN] = cells


def _place(cells: str) -> None:
    """A picture in place of what was painted."""
    _keep(cells)
    st.session_state[PLACED] = st.session_state.get(PLACED, 0) + 1


def _again(cells: str) -> None:
    _place(cells)
    address.keep(DRAWN, "")  # the session says what is shown
    st.rerun()


def letters(pixels: "torch.Tensor") -> str:
    """A picture (channels, side, side) as one letter a cell."""
    levels = (pixels.mean(0).flatten().clamp(0, 1) * 15).round().int().tolist()
    return "".join(GREYS[level] for level in levels)


def tensor(cells: str, side: int) -> "torch.Tensor":
    """The picture of such letters, (1, side, side)."""
    import torch

    levels = torch.tensor([GREYS.index(one) for one in cells])
    return (levels / 15).view(1, side, side)


def changed(pixels: "torch.Tensor", way: str) -> "torch.Tensor":
    """The picture in another way."""
    if way == "shifted":
        moved = pixels.roll(1, dims=2)
        moved[..., 0] = 0
        return moved
    return pixels.rot90(1, (1, 2)) if way == "turned" else pixels


def probabilities(of: Seen, pixels: "torch.Tensor") -> "torch.Tensor":
    """(K,), of a picture in grey."""
    import torch

    channels = of.corpus.codec.sizes["channels"]
    with torch.no_grad():
        return of.model(pixels.expand(1, channels, -1, -1)).softmax(-1)[0]


def _bars(of: Seen, p: "torch.Tensor") -> object:
    import pandas as pd

    from lm_core.charts.bars import horizontal_bars
    from lm_core.charts.chart import Chart
    from lm_core.charts.words import percent

    title, best = "Which class it sees", int(p.argmax())
    texts = [percent(one) for one in p.tolist()]
    figure = horizontal_bars(
        of.names, p.tolist(), texts, title=title, x="probability (share of 1)", y="class"
    )
    table = pd.DataFrame({"class": of.names, "probability (share of 1)": p.tolist()})
    alt = f"{title}: {of.names[best]} with {texts[best]}."
    return Chart(title, figure, alt, table)


def _said(of: Seen, cells: str, way: str, p: "torch.Tensor") -> str:
    from lm_core.charts.words import percent

    if not set(cells) - {"0"}:
        return (
            "An empty picture has a class too: the network was never taught to say that it sees "
            "nothing."
        )
    if way == "drawn":
        return (
            f"It is {percent(float(p.max()))} sure, which is no promise: it has only ever seen "
            "digits and calls anything one of them. Move the picture by a pixel, or turn it."
        )
    before = probabilities(of, tensor(cells, of.side))
    same = int(before.argmax()) == int(p.argmax())
    what = "moved" if way == "shifted" else "turned"
    return (
        f"Before it was {what} it was taken for **{plain(of.names[int(before.argmax())])}**: "
        f"{'the same' if same else 'another'}. A filter finds a stroke wherever it is, but pooling "
        "forgives a pixel or two, and nothing here forgives a turn."
    )


def _maps(of: Seen, pixels: "torch.Tensor") -> None:
    """What the first layer made of it."""
    from lm_core.charts.picture_grid import picture_grid
    from lm_core.inspection.pictures import layers

    first = layers(of.model, pixels)[0]
    chart = picture_grid(
        first.maps.numpy(),
        [f"{n + 1}" for n in range(len(first.maps))],
        title="What each filter of the first layer finds in it",
        columns=6,
        unit="activation",
        dark=dark(),
    )
    show_chart(chart, key="digits-drawn-maps")
    st.caption("Bright is found. *Inside* has every layer, and the arithmetic of one place.")
