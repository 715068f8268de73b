"""The expression of the Autograd screen: typed or offered, its leaves to be changed."""

import re
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import address
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.foundations.graph import Graph

TEXT, VALUES, STEP = (f"autograd-{what}" for what in ("text", "values", "step"))
KEPT = "autograd-kept"  # in the session: name of a leaf -> its number
LEAF = "autograd-leaf-"
MOST = 1000.0  # of a leaf
STARTS = (2.0, -3.0, 10.0, -2.0, 0.5, 1.5, -1.0, 3.0)  # of leaves that have no number yet
# What is offered -> the expression and its leaves. The first is the graph of the course's week 2.
OFFERED: dict[str, tuple[str, dict[str, float]]] = {
    "Two products": ("e = a*b; d = e + c; L = d*f", {"a": 2, "b": -3, "c": 10, "f": -2}),
    "Neuron": (
        "n = x1*w1 + x2*w2 + b; o = tanh(n)",
        {"x1": 2, "w1": -3, "x2": 0, "w2": 1, "b": 6.8813735870195432},
    ),
    "Used twice": ("y = x + x", {"x": 3}),
    "Chain": ("y = 6*x; z = sin(y)", {"x": 0.5}),
    "Loss": ("g = w*x; L = (g - y)**2", {"w": 3.7454, "x": 1, "y": 2}),
    "Sigmoid": ("s = 1 / (1 + exp(-x)); L = -log(s)", {"x": 0.5}),
}
FIRST = next(iter(OFFERED.values()))


def ask() -> "Graph":
    """The controls, and the graph of what they say.

    Raises:
        BadText: the expression cannot be read, or has no value for these numbers.
    """
    from lm_core.foundations.expressions import FUNCTIONS, LONGEST, read_program
    from lm_core.foundations.graph import build_graph

    with st.container(horizontal=True, gap="small"):
        for name, (text, leaves) in OFFERED.items():
            st.button(name, on_click=_offer, args=(text, leaves), key=f"autograd-offer-{name}")
    text = st.text_input(
        "Your expression",
        FIRST[0],
        max_chars=LONGEST,
        key=TEXT,
        bind="query-params",
        help="Several lines with ; between them, the last one is the result. There are + - * / "
        f"and ** with a plain number, brackets, and {', '.join(FUNCTIONS)}.",
    )
    program = read_program(text)
    return build_graph(program, _leaves(program.leaves))


def _offer(text: str, leaves: dict[str, float]) -> None:
    st.session_state[TEXT] = text
    begin(leaves)
    st.session_state[STEP] = 1


def begin(leaves: dict[str, float]) -> None:
    """With other numbers; fields that hold earlier ones forget them."""
    for key in [key for key in st.session_state if str(key).startswith(LEAF)]:
        del st.session_state[key]
    st.session_state[KEPT] = dict(leaves)


def _leaves(names: tuple[str, ...]) -> dict[str, float]:
    """A field for each; the address keeps what they hold."""
    if KEPT not in st.session_state or address.brought(VALUES):
        begin(_read(address.get(VALUES)))
    kept: dict[str, float] = st.session_state[KEPT]
    found: dict[str, float] = {}
    with st.container(horizontal=True, gap="small"):
        for name, start in zip(names, STARTS, strict=False):
            found[name] = st.number_input(
                plain(name),
                -MOST,
                MOST,
                max(-MOST, min(MOST, float(kept.get(name, start)))),
                step=0.5,
                format="%.5g",
                key=f"{LEAF}{name}",
                width=120,
            )
    st.session_state[KEPT] = kept | found
    written = ",".join(f"{name}={number!r}" for name, number in found.items())
    usual = st.session_state[TEXT] == FIRST[0] and found == FIRST[1]
    address.keep(VALUES, "" if usual else written)
    return found


def _read(text: str | None) -> dict[str, float]:
    """`a=2,b=-3` as numbers; what does not read is left out."""
    if text is None:
        return dict(FIRST[1])
    pairs = re.findall(
        r"([A-Za-z][A-Za-z0-9_]{0,7})=(-?\d{1,4}(?:\.\d{1,20})?(?:e-\d{1,2})?)", text
    )
    return {name: max(-MOST, min(MOST, float(number))) for name, number in pairs}
