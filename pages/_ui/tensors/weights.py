"""A choice among the parameters of a model."""

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.begun import begun

PARAMETER = "tensors-parameter"


def choose_parameter(choice: models.Choice) -> str:
    """The one that the visitor looks at, at first the last matrix; the same on every view."""
    named = list(models.load(choice).model.named_parameters())
    names = [name for name, _ in named]
    if st.session_state.get(PARAMETER) not in (None, *names):
        del st.session_state[PARAMETER]
    matrices = [n for n, (_, p) in enumerate(named) if p.dim() > 1]
    begin = begun(PARAMETER, index=matrices[-1] if matrices else 0)
    return st.selectbox("Parameter", names, **begin, key=PARAMETER, bind="query-params")
