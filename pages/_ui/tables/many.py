"""Many learners together: bags, stacks, and trees at once against trees one after another."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table
from pages._ui.tables.known import Known

if TYPE_CHECKING:
    import numpy as np

    from lm_core.tables.rivals import Fitted, Rows

MOST = 12  # columns whose importance is drawn
BASES = {"tree": "Decision tree", "logistic": "Logistic regression", "neighbours": "5 neighbours"}


def many(about: Known) -> None:
    """All three, each on the validation rows: the test rows are not for choosing."""
    from lm_core.tables import rivals

    real = about.answers["validation"]
    st.header("Bagging")
    _bagging(about, real)
    st.header("Stacking")
    _stacking(about, real)
    st.header("Forest against boosting")
    _forests(about, real)
    show_source(rivals, "The code: bags, stacks, forests, by scikit-learn")


def _bagging(about: Known, real: "np.ndarray") -> None:
    from lm_core.charts.lines import Line, line_chart

    st.write(
        "The same learner many times, each on other rows drawn from the training part; their "
        "answers are averaged (soft) or counted (hard). What one of them got wrong by chance the "
        "others outvote."
    )
    line = st.columns(4, vertical_alignment="bottom")
    base = line[0].selectbox(
        "Of", list(BASES), format_func=BASES.get, key="tables-base", bind="query-params"
    )
    share = line[1].slider(
        "Share of the rows", 0.1, 1.0, 1.0, 0.1, key="tables-share", bind="query-params"
    )
    vote = line[2].segmented_control(
        "Votes",
        ["soft", "hard"],
        default="soft",
        required=True,
        key="tables-vote",
        bind="query-params",
    )
    again = line[3].toggle(
        "With replacement",
        value=True,
        key="tables-bootstrap",
        bind="query-params",
        help="A row can be drawn twice.",
    )
    found = _bags(about.came, base, again, share, vote, about)
    counts, shares = [int(one.name) for one in found], [one.accuracy(real) for one in found]
    alt = f"Accuracy on validation rows: {shares[0]:.3f} alone, {shares[-1]:.3f} with {counts[-1]}."
    chart = line_chart(
        [Line("accuracy", shares, x=counts, strong=True)],
        title="How many estimators",
        x="estimators",
        y="accuracy",
        alt=alt,
        height=280,
    )
    show_chart(chart, key="tables-bags")
    st.caption(f"{alt} {sum(one.seconds for one in found):.2f} seconds of processor time in all.")


def _stacking(about: Known, real: "np.ndarray") -> None:
    import pandas as pd

    st.write(
        "Level 0 answers, on rows that it did not learn from; level 1, a logistic regression, "
        "learns whom to believe. It takes longer: level 0 learns once on all rows, and five times "
        "on four fifths of them."
    )
    chosen = st.multiselect(
        "Level 0",
        list(BASES),
        list(BASES),
        format_func=BASES.get,
        key="tables-level-0",
        bind="query-params",
    )
    if len(chosen) < 2:
        st.info("Choose two learners at least.")
        return
    rows = [
        {
            "learner": BASES.get(one.name, "All of them, stacked"),
            "accuracy": one.accuracy(real),
            "seconds to learn": one.seconds,
        }
        for one in _stack(about.came, tuple(chosen), about)
    ]
    show_table(pd.DataFrame(rows), key="tables-stack", places=3)


def _forests(about: Known, real: "np.ndarray") -> None:
    import numpy as np
    import pandas as pd

    from lm_core.tables.rivals import alike

    forest, boosted = _trees(about.came, about)
    columns = st.columns(2)
    top = np.argsort(-(forest.importances + boosted.importances))[:MOST]
    for place, one in zip(columns, (forest, boosted), strict=True):
        with place:
            _importances(one, about.columns, top)
    wrong = [one.answers != real for one in (forest, boosted)]
    both = int((wrong[0] & wrong[1]).sum())
    rows = [
        {
            "learner": one.name,
            "accuracy": one.accuracy(real),
            "mistakes": int(off.sum()),
            "seconds to learn": one.seconds,
        }
        for one, off in zip((forest, boosted), wrong, strict=True)
    ]
    show_table(pd.DataFrame(rows), key="tables-forests", places=3)
    st.markdown(
        f"**What to notice:** {both} of the validation rows both get wrong. Their rankings of the "
        f"columns have a correlation of {alike(forest.importances, boosted.importances):.2f} "
        "(Spearman); 1 is the same order. A forest spreads its trust over columns that say the "
        "same, boosting tends to take one of them."
    )


def _importances(one: "Fitted", names: list[str], top: "np.ndarray") -> None:
    import pandas as pd

    from lm_core.charts.bars import horizontal_bars
    from lm_core.charts.chart import Chart
    from lm_core.figures import percent

    values = one.importances[top].tolist()
    shown, title = [names[k] for k in top], f"Importances: {one.name}"
    figure = horizontal_bars(
        shown, values, [percent(value) for value in values], title=title, x="share of the gain"
    )
    best = max(range(len(values)), key=values.__getitem__)
    alt = f"{title}: most has {shown[best]}, {percent(values[best])}."
    table = pd.DataFrame({"column": shown, "importance (share of 1)": values})
    show_chart(Chart(title, figure, alt, table), key=f"tables-worth-{one.name}")


def _rows(about: Known) -> "Rows":
    from lm_core.tables.rivals import Rows

    return Rows(about.features["train"], about.answers["train"], about.features["validation"])


@st.cache_data(max_entries=32, show_spinner="The bags are filled …")
def _bags(
    came: str, base: str, bootstrap: bool, share: float, vote: str, _about: Known
) -> "list[Fitted]":
    from lm_core.tables.rivals import bags

    return bags(_rows(_about), base=base, bootstrap=bootstrap, share=share, vote=vote)


@st.cache_data(max_entries=16, show_spinner="The stack is built …")
def _stack(came: str, level_0: tuple[str, ...], _about: Known) -> "list[Fitted]":
    from lm_core.tables.rivals import stacked

    return stacked(_rows(_about), level_0)


@st.cache_data(max_entries=8, show_spinner="Two hundred trees grow …")
def _trees(came: str, _about: Known) -> "tuple[Fitted, Fitted]":
    from lm_core.tables.rivals import forest_and_boosting

    return forest_and_boosting(_rows(_about))
