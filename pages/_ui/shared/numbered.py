"""A choice among what has numbers: the layers and heads of a model, the tokens of a text."""

from typing import Any

import streamlit as st


def choose(label: str, names: list[str], *, key: str, default: int = 0, **options: Any) -> int:
    """A selectbox over places 0, 1, ... that outlives a text or model with fewer of them."""
    if key in st.session_state and st.session_state[key] not in range(len(names)):
        del st.session_state[key]
    index = 0 if key in st.session_state else default  # what was set is not to be given twice
    return st.selectbox(
        label, range(len(names)), index, format_func=lambda i: names[i], key=key, **options
    )
