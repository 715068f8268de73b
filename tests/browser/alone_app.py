"""A screen with a part that is drawn alone, in which a button sets a control outside."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from pages._ui.shared.alone import alone


def _set(key: str) -> None:
    st.session_state[key] += 1


def inside(outer: int) -> None:
    """Two buttons, and what it was given."""
    inner = st.number_input("Inner", 0, 9, key="inner")
    st.button("Set the outer one", on_click=_set, args=("outer",))
    st.button("Set the inner one", on_click=_set, args=("inner",))
    st.text(f"given {outer}, own {inner}")


st.title("A part")
st.session_state.setdefault("drawn", 0)
st.session_state["drawn"] += 1
alone(inside)(st.number_input("Outer", 0, 9, key="outer"))
st.text(f"drawn {st.session_state['drawn']}")
