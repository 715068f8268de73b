"""A row of buttons: of which one is pressed, with no label above, for what a picture shows, or
how; and of which several are."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages._ui.shared.begun import begun


def switch(
    label: str,
    options: Mapping[str, str],
    *,
    key: str,
    help: str | None = None,
) -> str:
    """The option that is pressed, at first the first one; kept in the address under `key`.

    Args:
        label: for those who cannot see what the row is about.
        options: what is given back -> what the button is called.
    """
    chosen = st.segmented_control(
        label,
        list(options),
        default=next(iter(options)),
        required=True,
        format_func=options.__getitem__,
        key=key,
        label_visibility="collapsed",
        help=help,
        wrap=True,
        bind="query-params",
    )
    return chosen if chosen in options else next(iter(options))  # an address may hold anything


def several(
    label: str, options: Sequence[str], default: Sequence[str], *, key: str, **more: Any
) -> list[str]:
    """A row of buttons of which any number is pressed; kept in the address under `key`. Where
    other options come and none of the pressed ones is left, the default is pressed."""
    pressed = st.session_state.get(key)
    if pressed and not set(pressed) & set(options):
        st.session_state[key] = list(default)
    return st.pills(
        label,
        options,
        selection_mode="multi",
        key=key,
        **begun(key, default=default),
        bind="query-params",
        **more,
    )
