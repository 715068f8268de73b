"""What a learner said of the test rows: its mistakes, and figures by class with their averages."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table
from pages._ui.tables.known import CLASSES, Known, Told

if TYPE_CHECKING:
    import numpy as np

    from lm_core.tables.rivals import Fitted

ERRORS = (
    "**Corrected:** the course divides the weighted F1 by the number of classes, which can give "
    "more than 1 (1.02 for its example); it is the sum of F1 times support, divided by all rows "
    "(0.61 there). And what it calls micro is the weighted mean; micro adds up the counts of all "
    "classes before it divides, which with one label a row is the accuracy (0.60 there)."
)


def report_on(about: Known, mine: list[Told], others: "list[Fitted]") -> None:
    """Everybody on the test rows, then one of them closely.

    Args:
        mine: the best on validation first.
        others: scikit-learn's.
    """
    answers = {one.label: one.said["test"] for one in mine[:1]}
    answers |= {f"scikit-learn: {one.name}": one.answers for one in others}
    spent = {one.label: one.seconds for one in mine[:1]}
    spent |= {f"scikit-learn: {one.name}": one.seconds for one in others}
    (_classes if about.kind == CLASSES else _values)(about, answers, spent)


def _classes(about: Known, answers: "dict[str, np.ndarray]", spent: dict[str, float]) -> None:
    import numpy as np
    import pandas as pd

    from lm_core.charts.confusion import confusion_map
    from lm_core.evaluation import classification

    real = about.answers["test"].tolist()
    commonest = np.bincount(about.answers["train"]).argmax()
    answers = {"Commonest class of the training rows": np.full(len(real), commonest)} | answers
    found = {name: classification.report(real, said.tolist()) for name, said in answers.items()}
    rows = [
        {
            "learner": name,
            "accuracy": one.accuracy,
            "macro F1": one.macro.f1,
            "seconds to learn": spent.get(name),
        }
        for name, one in found.items()
    ]
    show_table(pd.DataFrame(rows), key="tables-test", places=3)
    which = st.selectbox(
        "Look closely at",
        list(found)[1:],
        format_func=readable,
        key="tables-closely",
        bind="query-params",
    )
    one = found[which]
    each = [
        {"class": about.names[k], **figures._asdict(), "support": one.support[k]}
        for k, figures in sorted(one.classes.items())
    ]
    for name in ("macro", "weighted", "micro"):
        each.append(
            {"class": f"{name} average", **getattr(one, name)._asdict(), "support": len(real)}
        )
    show_table(pd.DataFrame(each), key="tables-report", places=3)
    named = [[about.names[k] for k in side] for side in (real, answers[which].tolist())]
    grid = classification.confusion(*named, about.names)
    dark = st.context.theme.type == "dark"
    show_chart(confusion_map(about.names, grid, dark=dark), key="tables-confusion")
    st.markdown(ERRORS)
    show_source(classification, "The code: accuracy, precision, recall, F1 and their averages")


def _values(about: Known, answers: "dict[str, np.ndarray]", spent: dict[str, float]) -> None:
    import pandas as pd

    from lm_core.charts.lines import spread_chart
    from lm_core.evaluation import regression

    real = about.answers["test"].tolist()
    answers = {"Mean of the training rows": [about.centre] * len(real)} | answers
    rows = []
    for name, said in answers.items():
        told = regression.regression(real, list(said))
        row = {"learner": name, "MSE": told.rmse**2, "RMSE": told.rmse, "R squared": told.r2}
        rows.append(row | {"seconds to learn": spent.get(name)})
    show_table(pd.DataFrame(rows), key="tables-test", places=3)
    which = st.selectbox(
        "Look closely at",
        list(answers)[1:],
        format_func=readable,
        key="tables-closely",
        bind="query-params",
    )
    off = [a - b for a, b in zip(real, list(answers[which]), strict=True)]
    unit = about.unit or about.names[0]
    show_chart(
        spread_chart(off, title="What is right less what was said", x=unit, bins=20),
        key="tables-spread",
    )
    st.markdown(
        "MSE is the mean of the squared errors, RMSE its root, in the unit of the answer. R "
        "squared is 1 where all is right, 0 for who always says the mean, and below 0 for worse."
    )
    show_source(regression, "The code: MAE, RMSE and R squared")
