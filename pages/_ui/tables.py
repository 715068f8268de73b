"""A table that can be read, sorted and downloaded."""

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import pandas as pd


def show_table(
    table: "pd.DataFrame",
    *,
    key: str,
    height: int | str = "auto",
    whole: "pd.DataFrame | None" = None,
    widths: dict[str, int] | None = None,
) -> None:
    """Show `table`, numbers with thousands apart.

    Args:
        whole: the same table uncut, for the download.
        widths: of columns, in pixels.
    """
    numbers = set(table.select_dtypes("number").columns)
    columns = {
        name: (st.column_config.NumberColumn if name in numbers else st.column_config.Column)(
            width=(widths or {}).get(name), **({"format": "localized"} if name in numbers else {})
        )
        for name in table.columns
    }
    st.dataframe(
        table,
        hide_index=True,
        height=height,
        width="stretch",
        column_config=columns,
        key=f"{key}-table",
    )
    st.download_button(
        "Download CSV",
        (table if whole is None else whole).to_csv(index=False).encode(),
        file_name=f"{key}.csv",
        mime="text/csv",
        key=f"{key}-csv",
        on_click="ignore",
        type="tertiary",
    )
