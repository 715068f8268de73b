"""Choosing one of the steps at which a run's weights were kept."""

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

HELP = "as they were after this step. Drag, or use the arrow keys."


def pick_step(
    steps: list[int],
    *,
    key: str,
    label: str = "Step",
    what: str = "The weights",
    place: "DeltaGenerator | None" = None,
) -> int:
    """At first the last one; one that gave way to others since is forgotten.

    Args:
        what: is shown as it was then, in words.
        place: where the slider stands.
    """
    if st.session_state.get(key) not in (None, *steps):
        del st.session_state[key]
    with place if place is not None else st.container():
        return st.select_slider(
            label,
            steps,
            steps[-1],
            format_func=lambda step: f"{step:,}",
            key=key,
            help=f"{what} {HELP}",
        )
