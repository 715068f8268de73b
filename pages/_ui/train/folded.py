"""What More settings says while it is folded up. Its forty widgets are not drawn then, as they are
most of what a screen costs, and a widget that is not drawn forgets what was chosen with it.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Optional

import streamlit as st

from pages._ui.shared.filling import FILLING, MORE, Filling

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from lm_core.runs.spec import RunSpec
    from lm_core.training import Budget

CHOSEN = "train-chosen"  # in the session


@dataclass(frozen=True)
class Chosen:
    """What the widgets began with and what they said when they were last drawn; the budget where it
    is given there, not in the line of choices."""

    base: "RunSpec"
    spec: "RunSpec"
    budget: Optional["Budget"]
    number: int  # of the filling that they began with
    drawn: bool = True
    wrong: bool = False  # two values did not go together

    @staticmethod
    def latest() -> Optional["Chosen"]:
        return st.session_state.get(CHOSEN)

    def keep(self) -> None:
        st.session_state[CHOSEN] = self


def unfolded() -> tuple[bool, "DeltaGenerator"]:
    """Whether the widgets are to be drawn, and the panel, into which they belong. When they come
    back, they begin with what they said."""
    if MORE not in st.session_state:  # whoever comes from another screen begins anew
        st.session_state.pop(CHOSEN, None)
    panel = st.expander("More settings", key=MORE, on_change="rerun")
    chosen = Chosen.latest()
    drawn = panel.open or (chosen is not None and chosen.wrong)  # what is to be mended stays
    if drawn and chosen is not None and not chosen.drawn and chosen.spec != chosen.base:
        Filling.keep(chosen.spec, of="")
    return drawn, panel


def folded(base: "RunSpec", line: "Budget") -> "RunSpec":
    """The spec, as the widgets would say it.

    Args:
        base: what they would begin with.
        line: the budget in the line of choices.
    """
    from lm_core.runs.presets import BUDGETS

    chosen, number = Chosen.latest(), filled()
    usual = base.budget.steps is None and base.budget.seconds in (None, *BUDGETS.values())
    if chosen is None or chosen.number != number:
        spec, budget = base, None if usual else base.budget
    else:
        budget = chosen.budget
        same = replace(chosen.base, budget=base.budget) == base
        data = chosen.spec.data if chosen.spec.data.same_text(base.data) else base.data
        spec = chosen.spec if same else replace(base, seed=chosen.spec.seed, data=data)
    spec = replace(spec, budget=budget or line)
    Chosen(base, spec, budget, number, drawn=False).keep()
    return spec


def filled() -> int:
    """The number of the latest filling, 0 where there is none."""
    filling: Filling | None = st.session_state.get(FILLING)
    return filling.number if filling else 0
