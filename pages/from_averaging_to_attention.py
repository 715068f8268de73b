"""From averaging to attention: the way from a mean to a head, in steps, every number editable."""

import streamlit as st

from pages._ui.averaging import asking, means, order, real, scale, taking
from pages._ui.shared import front_door, session
from pages._ui.shared.begun import begun

STEP = "averaging-step"
STEPS = {
    "1 Mean": ("The mean of the past", means),
    "2 Ask": ("Queries, keys, values", asking),
    "3 Scale": ("Scaling, and a sharp softmax", scale),
    "4 Mask, places": ("The mask, and places", order),
    "5 Take, add": ("What is taken, and what it adds", taking),
    "6 In a model": ("The same in a trained model", real),
}


def go(name: str) -> None:
    """To another step, at the click of a button."""
    st.session_state[STEP] = name


def page() -> None:
    """The row of steps, and the chosen one."""
    front_door.enter()
    st.title("From averaging to attention")
    names = list(STEPS)
    if st.session_state.get(STEP, names[0]) not in names:
        del st.session_state[STEP]
    begin = begun(STEP, default=names[0])
    chosen = st.segmented_control(
        "Step",
        names,
        **begin,
        required=True,
        label_visibility="collapsed",
        key=STEP,
        bind="query-params",
    )
    at = names.index(chosen)
    title, room = STEPS[chosen]
    st.header(title)
    with session.mending():
        room.step(at)
    with st.container(horizontal=True):
        if at:
            st.button("Back", key="averaging-back", on_click=go, args=(names[at - 1],))
        if at + 1 < len(names):
            st.button(
                f"On to step {at + 2}", key="averaging-next", on_click=go, args=(names[at + 1],)
            )


page()
