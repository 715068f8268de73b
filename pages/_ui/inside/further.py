"""What else there is to see of a text on the Attention screen: one part at a time, computed when
it is opened."""

import streamlit as st

from pages._ui.inside import averaged, earlier, masks, moved, placed, switching
from pages._ui.inside.look import FURTHER, SWITCH, Look
from pages._ui.shared import session

ROOMS = {
    SWITCH: switching.room,
    "What moved the guess": moved.room,
    "Averages and types": averaged.room,
    "Masks": masks.room,
    "Positions": placed.room,
    "Earlier steps": earlier.room,
}


def further(look: Look) -> None:
    """A row of parts, none of them open at first."""
    st.header("Look further")
    if st.session_state.get(FURTHER) not in (None, *ROOMS):
        del st.session_state[FURTHER]
    part = st.segmented_control(
        "Look further", list(ROOMS), key=FURTHER, bind="query-params", label_visibility="collapsed"
    )
    if part is None:
        st.caption(
            "Take heads away, see which of them moved a guess, average them, see the mask, the "
            "positions, and how a head came to be."
        )
        return
    with session.mending():
        ROOMS[part](look)
