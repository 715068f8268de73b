"""Filling in the form of the Train screen: with a run to start again, a cure, what the Doctor
found, the model on Architectures.

The filling is kept in the session, and widgets under new keys begin with its values.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Never

import streamlit as st

from pages._ui.shared import held
from pages._ui.shared.corpus_choice import take_corpus

if TYPE_CHECKING:
    from lm_core.runs.spec import RunSpec

# In the session: the latest filling; that the line of choices finds its values there, until it is
# drawn; whether More settings stands open.
FILLING, FILLED, MORE = "train-filling", "train-filled", "train-more"


@dataclass(frozen=True)
class Filling:
    """A spec to begin the widgets with, and how many there were before it. Without a spec they
    begin anew with what is usual."""

    spec: "RunSpec | None"
    number: int
    changed: str = ""  # the setting to look at, in words
    of: str = "your run"  # whose settings these are; "" where that is not said

    @classmethod
    def keep(cls, spec: "RunSpec | None", changed: str = "", *, of: str = "your run") -> None:
        """The next one, for this session."""
        before: Filling | None = st.session_state.get(FILLING)
        st.session_state[FILLING] = cls(spec, before.number + 1 if before else 1, changed, of)


def go() -> Never:
    """On to the form. An address whose widgets stand in it is not emptied but replaced."""
    st.switch_page("pages/train.py", query_params={})


def fill(spec: "RunSpec", changed: str = "", *, of: str = "your run") -> None:
    """Put a spec into the form and open it. For callbacks: it must come before the widgets."""
    from lm_core.runs.presets import BUDGETS

    if held.values("spec") is not None and of != "the address":
        st.toast("The lesson keeps these settings as they are.")
        return
    if getattr(spec, "fault", ""):  # started again, it has no fault of its own
        spec = replace(spec, fault="")
    Filling.keep(spec, changed, of=of)
    take_corpus(spec.data.name, spec.data.text)
    st.session_state[FILLED] = True
    st.session_state["train-model"] = spec.model_name
    named = {seconds: name for name, seconds in BUDGETS.items()}
    if spec.budget.seconds in named:
        st.session_state["train-budget"] = named[spec.budget.seconds]
    else:
        st.session_state.setdefault("train-budget", "1 min")
    st.session_state[MORE] = True
