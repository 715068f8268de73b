"""The families that read pictures, series and tables: what each costs on the data that ships."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import session
from pages._ui.shared.plain import plain
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import pandas as pd


def other_data() -> None:
    """A row for each family and what it learns, once they are asked for: their data are read."""
    st.header("Families of other data")
    if not st.toggle("Pictures, series and tables", key="architectures-other", bind="query-params"):
        return
    with session.mending():
        widths = {"family": 200, "learns": 220, "from": 200}
        table, missing = costs()
        show_table(table, key="architectures-other-table", height="content", widths=widths)
        for why in missing:
            st.caption(plain(why))
    st.caption(
        "At their default settings. Operations of a forward pass, for each picture, window or row: "
        "no family has a formula here; PyTorch counts the products while shapes without numbers go "
        "through a plan of the model. Of two that play against each other both are counted."
    )


@st.cache_data(max_entries=1, show_spinner="Sending shapes through each …")
def costs() -> "tuple[pd.DataFrame, list[str]]":
    """A row for each family and task; and, of those whose package is not here, what each says."""
    import pandas as pd

    from lm_core.charts.words import human
    from lm_core.corpora import corpora
    from lm_core.errors import Unsupported
    from lm_core.models import models
    from lm_core.runs.operations import shipped_for, traced, usual
    from lm_core.tasks import tasks

    rows, missing = [], []
    for entry in models:
        for task in () if entry.build.of_text else entry.build.tasks:
            try:
                prepared, batch = usual(entry.name, task)
            except Unsupported as error:
                missing.append(f"{entry.title}: {error}")
                continue
            rows.append(
                {
                    "family": entry.title,
                    "learns": tasks[task].title,
                    "from": corpora[shipped_for(task)].title,
                    "parameters": human(prepared.model.n_parameters),
                    "operations an example": human(traced(prepared, batch)),
                }
            )
    return pd.DataFrame(rows), missing
