"""The data of the MLP: what each feature is like, how it is split, what preprocessing does."""

import streamlit as st

from pages._ui.foundations.mlp_form import Task
from pages._ui.shared.numbered import choose
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

BINS = 20


def show(task: Task) -> None:
    """The part of the screen."""
    import numpy as np
    import pandas as pd

    from lm_core.foundations import preprocessing

    found, prepared = task.found, task.prepared
    raw = prepared.raw["train"]
    with np.errstate(invalid="ignore"):
        measured = [
            (np.nanmean(column), np.nanstd(column), np.nanmin(column), np.nanmax(column))
            if not np.isnan(column).all()
            else (np.nan,) * 4
            for column in raw.T
        ]
    table = pd.DataFrame(measured, columns=["mean", "std", "least value", "largest value"])
    table.insert(0, "name of the feature", found.features)
    table["missing cells"] = np.isnan(raw).sum(0)
    table["filled with"] = prepared.filled
    table["mean after"] = prepared.x["train"].mean(0)
    table["std after"] = prepared.x["train"].std(0)
    st.markdown("**The training part, feature by feature**, before and after preprocessing:")
    show_table(table, key="mlp-features", places=3, height=360 if len(table) > 9 else "content")
    parts = pd.DataFrame(
        [
            (name, len(y), *(int((y == k).sum()) for k in range(len(found.classes))))
            for name, y in prepared.y.items()
        ],
        columns=["part of the data", "examples", *found.classes],
    )
    show_table(parts, key="mlp-parts")
    at = choose("Feature", list(found.features), key="mlp-feature")
    left, right = st.columns(2)
    with left:
        _histogram(raw[:, at], task, f"{found.features[at]}, as measured", "before")
    with right:
        _histogram(prepared.x["train"][:, at], task, "After preprocessing", "after")
    lost = f" {prepared.missing:,} cells were missing" if prepared.missing else ""
    left_out = f", and {prepared.left_out:,} rows were left out" if prepared.left_out else ""
    st.markdown(
        f"**What to notice.** Scaling changes the numbers along the axis and not the shape of the "
        f"heap.{lost}{left_out}{'.' if lost else ''} Means, spreads and what stands in place of a "
        "missing cell are measured on the training part alone: the other parts are to be new."
    )
    st.caption(f"Source: {found.source}.")
    show_source(preprocessing, "The code: preprocessing")


def _histogram(values: object, task: Task, title: str, key: str) -> None:
    import numpy as np

    from lm_core.charts.bin_bars import bin_bars
    from lm_core.foundations.arrays import histogram

    y = task.prepared.y["train"]
    known = np.isfinite(values)
    if not known.any():
        return
    edges = histogram(values[known], BINS).edges
    some = task.found.classes if len(task.found.classes) <= 4 else ()
    counts = {
        name: np.histogram(values[known & (y == k)], edges)[0].tolist()
        for k, name in enumerate(some)
    } or {"examples": np.histogram(values[known], edges)[0].tolist()}
    chart = bin_bars(edges, counts, title=title, x="value of it", y="number of examples")
    show_chart(chart, key=f"mlp-{key}")
