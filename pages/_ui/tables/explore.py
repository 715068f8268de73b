"""The columns of a table and its answers, before anything learns."""

import streamlit as st

from lm_core.visible import readable
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table
from pages._ui.tables.known import CLASSES, PARTS, Known


def explore(about: Known) -> None:
    """Figures of each column, how often each answer is, one column by answer."""
    import numpy as np
    import pandas as pd

    from lm_core.tables import splits

    X = np.concatenate([about.features[part] for part in PARTS])
    raw = X * np.array(about.stds) + np.array(about.means)
    rows = [
        {
            "column": name,
            "mean": column.mean(),
            "standard deviation": column.std(),
            "lowest": column.min(),
            "highest": column.max(),
        }
        for name, column in zip(about.columns, raw.T, strict=True)
    ]
    sizes = ", ".join(f"{part} {len(about.answers[part]):,}" for part in PARTS)
    st.caption(f"{len(raw):,} rows of {len(about.columns)} columns: {sizes}.")
    show_table(pd.DataFrame(rows), key="tables-columns", places=3)
    answers = np.concatenate([about.answers[part] for part in PARTS])
    if about.kind == CLASSES:
        _balance(about, answers)
    name = st.selectbox(
        "Column", about.columns, format_func=readable, key="tables-column", bind="query-params"
    )
    _by_answer(about, name, raw[:, about.columns.index(name)], answers)
    st.markdown(
        "**What to notice:** columns of large numbers would drown those of small ones, so each is "
        "standardised: its mean taken off, divided by its standard deviation, both of the training "
        "rows alone. What came from validation or test rows would be a look at the answers."
    )
    show_source(splits, "The code: parts, and how they are standardised")


def _balance(about: Known, answers) -> None:
    import numpy as np
    import pandas as pd

    from lm_core.charts.bars import horizontal_bars
    from lm_core.charts.chart import Chart
    from lm_core.figures import percent

    counts = np.bincount(answers, minlength=len(about.names)).tolist()
    total, title = sum(counts), "How often each class is"
    texts = [f"{count:,} ({percent(count / total)})" for count in counts]
    figure = horizontal_bars(about.names, counts, texts, title=title, x="rows")
    named = "; ".join(f"{name} {text}" for name, text in zip(about.names, texts, strict=True))
    table = pd.DataFrame({"class": about.names, "rows": counts})
    show_chart(Chart(title, figure, f"{title}: {named}.", table), key="tables-balance")


def _by_answer(about: Known, name: str, column, answers) -> None:
    """Of classes a histogram line each; of values the correlation."""
    import numpy as np

    from lm_core.charts.lines import Line, line_chart

    if about.kind == CLASSES:
        edges = np.histogram_bin_edges(column, bins=16)
        middles = ((edges[:-1] + edges[1:]) / 2).tolist()
        lines = [
            Line(label, (np.histogram(column[answers == k], edges)[0]).tolist(), x=middles)
            for k, label in enumerate(about.names)
        ]
        means = ", ".join(
            f"{label} {column[answers == k].mean():.3g}" for k, label in enumerate(about.names)
        )
        alt = f"Means of {name} by class: {means}."
        chart = line_chart(lines, title="One column by class", x=name, y="rows", alt=alt, zero=True)
    else:
        order = np.argsort(column, kind="stable")
        groups = np.array_split(order, 12)
        at = [float(column[one].mean()) for one in groups]
        means = [float(answers[one].mean()) for one in groups]
        r = float(np.corrcoef(column, answers)[0, 1])
        alt = f"The correlation of {name} with what is to be said is {r:+.2f}."
        what = about.names[0]
        chart = line_chart(
            [Line(f"mean {what} of twelve groups", means, x=at, strong=True)],
            title="One column and the answer",
            x=name,
            y=what,
            alt=alt,
        )
    show_chart(chart, key="tables-by-answer")
    st.caption(plain(chart.alt))
