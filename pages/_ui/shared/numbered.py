"""A choice among what has numbers: the layers and heads of a model, the tokens of a text."""

from typing import Any

import streamlit as st

from pages._ui.shared.begun import begun


def choose(label: str, names: list[str], *, key: str, default: int = 0, **options: Any) -> int:
    """A selectbox over places 0, 1, ... that outlives a text or model with fewer of them; kept in
    the address under `key`."""
    if key in st.session_state and st.session_state[key] not in range(len(names)):
        del st.session_state[key]
    return st.selectbox(
        label,
        range(len(names)),
        format_func=lambda i: names[i],
        key=key,
        **begun(key, index=default),
        bind="query-params",
        **options,
    )
