"""Where a model's parameters are, and the shapes that go through it."""

from collections.abc import Sequence

import pandas as pd

from lm_core.charts import words
from lm_core.charts.bars import horizontal_bars
from lm_core.charts.chart import Chart


def parameter_bars(parts: Sequence[tuple[str, int]], *, height: int | None = None) -> Chart:
    """How many parameters each part of a model has, in the order given (first at the top).

    Args:
        parts: (name, number of parameters), from the input to the output.
    """
    names = words.numbered_apart([name for name, _ in parts])
    counts = [int(n) for _, n in parts]
    total = sum(counts)
    shares = [n / total if total else 0.0 for n in counts]
    texts = [f"{words.human(n)} ({words.percent(s)})" for n, s in zip(counts, shares, strict=True)]
    title = f"Parameters: {words.human(total)}"
    figure = horizontal_bars(
        names, counts, texts, title=title, x="parameters", height=height, label_width=20
    )
    figure.update_xaxes(tickformat="~s")
    table = pd.DataFrame({"part": names, "parameters": counts, "share of all": shares})
    if not counts:
        return Chart(title, figure, "Parameters by part, empty: the model has no parts.", table)
    top = max(range(len(counts)), key=counts.__getitem__)
    alt = (
        f"{words.count(total, 'parameter')} in {words.count(len(counts), 'part')}: most in "
        f"{names[top]} ({counts[top]:,}, {words.percent(shares[top])})."
    )
    return Chart(title, figure, alt, table)


def shape_table(rows: Sequence[tuple[str, Sequence[int | str]]]) -> pd.DataFrame:
    """Shapes as they go through a model, one row a step.

    Args:
        rows: (what, its shape); a size may be a letter, as in ("logits", ("B", "T", 512)).

    Returns:
        columns `step`, `shape` ("B × T × 512") and `numbers`, their product ("B × T × 512" again
        where it holds letters, "4,096" where it is known).
    """
    table = []
    for what, shape in rows:
        sizes = [f"{s:,}" if isinstance(s, int) else str(s) for s in shape]
        known, letters = 1, []
        for size in shape:
            if isinstance(size, int):
                known *= size
            else:
                letters.append(str(size))
        numbers = " × ".join([*letters, f"{known:,}"] if known != 1 or not letters else letters)
        table.append((what, " × ".join(sizes) or "one number", numbers))
    return pd.DataFrame(table, columns=["step", "shape", "numbers"])
