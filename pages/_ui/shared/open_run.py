"""Which run a screen shows, of a training or of an examination.

It stands in the address, so that a link shows it and Back leads to the one before, and in the
session, so that a screen that is come to without it shows what it showed last.
"""

from dataclasses import dataclass
from typing import Never

import streamlit as st

from pages._ui.shared import address, held

OF = "doctor-of"  # in the address: the run whose settings the Doctor is asked about


@dataclass(frozen=True)
class OpenRun:
    """The run that one screen shows."""

    page: str  # the file of the screen
    name: str  # of the parameter of the address
    key: str  # in the session

    def id(self) -> str | None:
        """The one that was shown last, or where the browser brings another address that of the
        address; nobody has looked whether it is there."""
        said = address.brought(self.name) or held.values(self.name) is not None
        last = None if said else st.session_state.get(self.key)
        return last or address.get(self.name)

    def show(self, run: str) -> None:
        """On its own screen: this one from now on."""
        st.session_state[self.key] = run  # first: another click may cut this short
        st.query_params[self.name] = run

    def forget(self) -> None:
        """On its own screen: none."""
        st.query_params.pop(self.name, None)
        st.session_state.pop(self.key, None)

    def link(self, run: str, label: str) -> None:
        """From anywhere: a link to the screen that shows it."""
        st.page_link(self.page, label=label, query_params={self.name: run})

    def go(self, run: str) -> Never:
        """From anywhere: on to the screen that shows it."""
        st.switch_page(self.page, query_params={self.name: run})


TRAINED = OpenRun("pages/train.py", "run", "train-run")
EXAMINED = OpenRun("pages/doctor.py", "doctor", "doctor-run")
