"""A row of buttons of which one is pressed, with no label above: what a picture shows, or how."""

from collections.abc import Mapping

import streamlit as st


def switch(
    label: str,
    options: Mapping[str, str],
    *,
    key: str,
    help: str | None = None,
    address: bool = False,
) -> str:
    """The option that is pressed, at first the first one.

    Args:
        label: for those who cannot see what the row is about.
        options: what is given back -> what the button is called.
        address: keep it there, under `key`.
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
        bind="query-params" if address else None,
    )
    return chosen if chosen in options else next(iter(options))  # an empty address chooses none
