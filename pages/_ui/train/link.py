"""The address of a screen, to give to others: its choices, and no run of one's own."""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from pages._ui.shared.address import KINDS


def link_for_others(*own: str, said: Mapping[str, str]) -> None:
    """The address behind a small button, with a button to copy it.

    Args:
        own: parameters that mean nothing in another browser.
        said: choices that stand in it even where they are the usual ones, as what is usual may
            differ there.
    """
    if not st.context.url:
        return
    given = [name for name in st.query_params if name in KINDS and name not in own]
    chosen = said | {name: st.query_params.get_all(name) for name in given}
    query = f"?{urlencode(chosen, doseq=True)}" if chosen else ""
    with st.popover("Link for others", type="tertiary", key="link-for-others"):
        st.code(f"{st.context.url}{query}", language=None, wrap_lines=True)
        st.caption("It opens this screen as it is set here. Your runs stay in your browser.")
