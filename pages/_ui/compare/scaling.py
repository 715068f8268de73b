"""What more parameters, text and operations buy: many small Transformers, a study that ships."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.errors import BadText
from pages._ui.shared.models import SHIPPED
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.switch import switch
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.charts.chart import Chart
    from lm_core.evaluation.scaling_report import Report

STUDY = SHIPPED / "studies" / "scaling.csv"
COUNTED = {"without": "Without embeddings", "all": "All parameters", "blocks": "Blocks only"}
COUNTING = {"without": "without embeddings", "all": "with all parameters", "blocks": "by blocks"}
OVER = {"parameters": "Parameters", "tokens": "Text"}
WHY = (
    "Embeddings are looked up and cost no operations; in small models they and the head outweigh "
    "the blocks, so what is counted decides the exponent."
)
UNIT, POINTS = "nats per character", 40


def panel() -> None:
    """The losses at each budget, the law through them, and what it foretells."""
    st.write(
        "So many operations can be spent on a large model that reads little or on a small one that "
        "reads much. At each of four budgets small Transformers of many sizes learned the same "
        "text: too small and too large are both worse, and the best size grows with the budget. "
        "One law is laid through all runs:"
    )
    st.latex(r"\mathrm{loss} = E + \frac{A}{N^a} + \frac{B}{D^b}")
    st.caption("N parameters, D characters read, E what no model of this kind could guess.")
    try:
        report = found(STUDY.stat().st_mtime_ns)
    except (OSError, BadText, ValueError):
        st.info("The study is not here: `make scaling` makes it.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        over = switch("Over", OVER, key="compare-over")
        count = switch("Counted", COUNTED, key="compare-counted", help=WHY)
    show_chart(drawn(report, count, over), key=f"compare-scaling-{count}-{over}")
    st.markdown(f"**What to notice:** {plain(noticed(report))}")
    st.markdown(f"**Ten times larger:** {plain(foretold(report))}")
    show_table(exponents(report), key="compare-scaling-laws", height="content")
    show_table(best(report, count), key=f"compare-scaling-best-{count}", height="content")
    st.caption(
        "Exponents of the best size are read off parabolas through the lowest losses of each "
        "budget; in brackets, where 9 of 10 tables lie whose runs were drawn anew with "
        "replacement. Stars are the best sizes by the law. Operations are counted: 6 for each "
        "weight that is multiplied by, and attention; those of the optimizer are not. Width alone "
        f"decides the size, with one learning rate for all. {plain(made())}"
    )
    st.caption("Every run is a row of the file, with its command; all are made again by this:")
    st.code("make scaling", language=None)


@st.cache_data(max_entries=1, show_spinner="Laying laws through the runs …")
def found(stamp: int) -> "Report":
    """Raises BadText, ValueError: the file is no such study."""
    from lm_core.evaluation.scaling import read_runs
    from lm_core.evaluation.scaling_report import reported

    return reported(read_runs(STUDY))


def made() -> str:
    """Where and with what."""
    from lm_core.evaluation.study import read

    rows = read(STUDY)
    seeds = ", ".join(sorted({row["seed"] for row in rows}))
    (first, *_) = rows
    return f"{len(rows)} runs on {first['machine']}, seeds {seeds}, {first['versions']}."


def spent(budget: float) -> str:
    """ "16 billion operations"."""
    return f"{budget / 1e9:,.10g} billion operations"


def drawn(report: "Report", count: str, over: str) -> "Chart":
    """A line and points for each budget."""
    import numpy as np

    from lm_core.charts.scaling import Budgeted, budget_curves
    from lm_core.evaluation.scaling import by_budget

    law, budgets = report.laws[count].surface, []
    for budget, runs in by_budget(report.runs).items():
        sizes = [run.parameters[count] for run in runs]
        line = np.geomspace(min(sizes), max(sizes), POINTS).tolist()

        def at(size: float, spent: float = budget) -> tuple[float, float]:
            x = size if over == "parameters" else law.tokens(size, spent)
            return x, law.within(size, spent)

        points = (run.parameters[count] if over == "parameters" else run.tokens for run in runs)
        places = tuple(zip(points, (run.nats for run in runs), strict=True))
        budgets.append(Budgeted(spent(budget), places, tuple(map(at, line)), at(law.best(budget))))
    x = f"parameters, {COUNTED[count].lower()}" if over == "parameters" else "characters read"
    title = "What a budget of operations buys"
    return budget_curves(budgets, title=title, x=x.replace(", all parameters", ""), unit=UNIT)


def noticed(report: "Report") -> str:
    """The exponent by what is counted."""
    from lm_core.charts.words import human

    said = []
    for count, title in COUNTING.items():
        law = report.laws[count]
        low, high = law.exponent_between
        said.append(f"{law.exponent:.2f} ({low:.2f} to {high:.2f}) {title}")
    (small, first), *_, (large, last) = report.laws["without"].best.items()
    return (
        f"From {spent(small)} to {large / small:g} times as many the best size grows from "
        f"{human(first)} to {human(last)} parameters without embeddings. It goes as operations to "
        f"the power of {', '.join(said)}: these are the same runs, only the counting differs."
    )


def foretold(report: "Report") -> str:
    """What the law says of ten times the operations, and what such a word was worth one step up."""
    from lm_core.charts.words import human
    from lm_core.figures import count

    ahead, check = report.ahead, report.check
    low, high = ahead.nats_between
    inside = check.between[0] <= check.measured <= check.between[1]
    return (
        f"With {spent(ahead.operations)} the best would have {human(ahead.parameters)} parameters "
        f"without embeddings, read {human(ahead.tokens)} characters and come to {ahead.nats:.2f} "
        f"{UNIT} ({low:.2f} to {high:.2f}). Nobody has run that. What such a word is worth: from "
        f"the smaller budgets alone, {check.predicted:.3f} ({check.between[0]:.3f} to "
        f"{check.between[1]:.3f}) was foretold for {spent(check.budget)}, and {check.measured:.3f} "
        f"was measured, {'inside' if inside else 'outside'} of that; the budget below had "
        f"{check.before:.3f}. Over {count(len(check.sizes), 'size')} the law was off by "
        f"{check.error:.3f} nats on average."
    )


def exponents(report: "Report") -> "pd.DataFrame":
    """A row for each way of counting."""
    import pandas as pd

    def with_between(value: float, between: tuple[float, float]) -> str:
        return f"{value:.2f} ({between[0]:.2f} to {between[1]:.2f})"

    return pd.DataFrame(
        {
            "Parameters counted": COUNTED[count],
            "Best size ~ operations to the": with_between(law.exponent, law.exponent_between),
            "a (parameters)": with_between(law.surface.a, law.a_between),
            "b (text)": with_between(law.surface.b, law.b_between),
            "E (nats)": round(law.surface.E, 2),
        }
        for count, law in ((count, report.laws[count]) for count in COUNTED)
    )


def best(report: "Report", count: str) -> "pd.DataFrame":
    """A row for each budget."""
    import pandas as pd

    from lm_core.evaluation.scaling import by_budget, mean_by_size

    law, rows = report.laws[count], []
    for budget, runs in by_budget(report.runs).items():
        sizes = mean_by_size(runs, count)
        size = law.best[budget]
        rows.append(
            {
                "Budget": spent(budget),
                "Best size (parameters)": round(size),
                "Characters read for each": round(law.surface.tokens(size, budget) / size, 1),
                "Lowest loss measured (nats)": round(min(sizes.values()), 3),
                "Sizes": len(sizes),
                "Seeds": len({run.seed for run in runs}),
            }
        )
    return pd.DataFrame(rows)
