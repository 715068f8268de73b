"""What all metrics say of an answer, kept for who asks again."""

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from lm_core.evaluation.side_by_side import SideBySide


@st.cache_data(max_entries=200, show_spinner="Asking every metric …")
def scored(
    answer: str,
    references: tuple[str, ...],
    lower_case: bool = False,
    smoothing: str = "exp",
    synonyms: str = "",
) -> "SideBySide":
    """`synonyms`: as `summaries.read_synonyms` reads them.

    Raises:
        BadText: no reference, or synonyms that are none.
    """
    from lm_core.evaluation.side_by_side import side_by_side
    from lm_core.evaluation.summaries import read_synonyms

    how = {"lower_case": lower_case, "smoothing": smoothing}
    return side_by_side(answer, *references, **how, synonyms=read_synonyms(synonyms))
