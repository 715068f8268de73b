"""The chain that a visitor puts together: kept in the session, written into the address."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.errors import LabError
from pages._ui.shared import address
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.pictures.chain import Step

CHAIN, AT, PICTURE, SIZE = (f"bench-{one}" for one in ("chain", "step", "picture", "size"))
USUAL = "320"  # pixels along the longer side
STEPS, LOOKED, NEXT = "bench-steps", "bench-looked", "bench-next"  # in the session
FIRST = ("coins", "gray;sobel")
# What is offered -> a picture and a chain.
OFFERED = {
    "Edges of coins": FIRST,
    "Thin edges": ("coins", "gray;canny,sigma=2.0"),
    "Coins counted": (
        "coins",
        "gaussian,sigma=2.0;local,block_size=151,offset=-10.0;erosion,rows=5,columns=5;"
        "dilation,rows=5,columns=5;contours",
    ),
    "Uneven light": ("page", "local"),
    "A pale clock": ("clock", "stretch"),
    "A gray moon": ("moon", "clahe"),
    "Noise and its cure": ("chelsea", "noise;bilateral"),
    "Scratches repaired": ("coffee", "damage;inpaint"),
    "Superpixels": ("astronaut", "superpixels"),
    "Corners": ("checkerboard", "corners,threshold_rel=0.2"),
    "Privacy": ("astronaut", "faces;blur-faces"),
    "Stripes that never were": ("brick", "rescale,factor=0.2,smooth=False"),
}
PLAIN = ("drawn", "gray;sobel")  # where the photographs are not there


@dataclass(frozen=True)
class Placed:
    """A step of the chain; its number names its widgets, wherever it moves."""

    number: int
    step: "Step"


def chain() -> list[Placed]:
    """What stands in the session; the address decides where it brings another."""
    from lm_core.pictures.chain import read_chain

    if STEPS not in st.session_state or address.brought(CHAIN):
        text = address.get(CHAIN)
        try:
            steps = read_chain(_usual() if text is None else "" if text == "-" else text)
        except LabError as error:
            st.warning(f"The chain in the address cannot be read: {plain(error)}")
            steps = []
        begin(steps)
    if LOOKED not in st.session_state or address.brought(AT):
        st.session_state[LOOKED] = int(address.get(AT) or len(st.session_state[STEPS]))
    return st.session_state[STEPS]


def begin(steps: "list[Step]") -> None:
    """Another chain; its last step is looked at."""
    st.session_state[STEPS] = [Placed(_number(), step) for step in steps]
    st.session_state[LOOKED] = len(steps)


def at() -> int:
    """Which step is looked at: 0 is the picture itself."""
    return min(max(0, st.session_state[LOOKED]), len(st.session_state[STEPS]))


def look(place: int) -> None:
    """Look at another step."""
    st.session_state[LOOKED] = place


def keep() -> None:
    """Write it into the address; a chain without steps is a dash."""
    from lm_core.pictures.chain import written

    steps = [one.step for one in st.session_state[STEPS]]
    text = written(steps) or "-"
    address.keep(CHAIN, "" if text == _usual() else text)
    address.keep(AT, "" if at() == len(steps) else str(at()))


def change(place: int, step: "Step") -> None:
    """Another step in that place."""
    steps = list(st.session_state[STEPS])
    steps[place] = replace(steps[place], step=step)
    st.session_state[STEPS] = steps


def add(name: str) -> None:
    """A step after the one that is looked at, which is looked at then."""
    from lm_core.pictures.chain import MOST, read_chain

    steps, place = list(st.session_state[STEPS]), at()
    if len(steps) < MOST:
        steps.insert(place, Placed(_number(), read_chain(name)[0]))
        st.session_state[STEPS], st.session_state[LOOKED] = steps, place + 1


def take_out(place: int) -> None:
    """Without the step at `place`, from 0."""
    steps = list(st.session_state[STEPS])
    del steps[place]
    st.session_state[STEPS], st.session_state[LOOKED] = steps, place


def earlier(place: int) -> None:
    """The step at `place`, from 0, before the one before it."""
    steps = list(st.session_state[STEPS])
    steps[place - 1 : place + 1] = steps[place - 1 : place + 1][::-1]
    st.session_state[STEPS], st.session_state[LOOKED] = steps, place


def offer(key: str) -> None:
    """The example that was chosen."""
    from lm_core.pictures.chain import read_chain

    if (name := st.session_state[key]) is not None:
        picture, text = OFFERED[name]
        st.session_state[PICTURE], st.session_state[SIZE] = picture, USUAL
        begin(read_chain(text))
        st.session_state[key] = None


def _usual() -> str:
    from lm_core.pictures.extra import there

    return (FIRST if there() else PLAIN)[1]


def _number() -> int:
    st.session_state[NEXT] = st.session_state.get(NEXT, 0) + 1
    return st.session_state[NEXT]
