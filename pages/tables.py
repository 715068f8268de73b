"""Tables: rows of numbers and an answer; one matrix, an MLP, and many trees."""

import streamlit as st

from pages._ui.shared import front_door, session
from pages._ui.shared.corpus_choice import pick_corpus
from pages._ui.shared.show import show_source
from pages._ui.shared.switch import switch
from pages._ui.shared.tables import show_table
from pages._ui.tables.explore import explore
from pages._ui.tables.giving import giving
from pages._ui.tables.known import CLASSES, VALUES, Known, known, ours, theirs
from pages._ui.tables.many import many
from pages._ui.tables.report import report_on
from pages._ui.tables.tuning import tuning

VIEWS = {"explore": "Explore", "models": "Models beside each other", "many": "Many together"}

front_door.enter()
st.title("Tables")
st.write(
    "A row of measurements, and an answer to be said from them: a class, or a number. Logistic "
    "regression is the table of letter pairs once more: one matrix and a softmax. What a hidden "
    "layer adds, and what many trees do, is measured here on rows that nobody learned from."
)
st.latex(r"p(\text{class} \mid x) = \mathrm{softmax}(W x + b)")


def compared(about: Known, choice) -> None:
    """Ours tuned on validation, then all on the test rows."""
    import pandas as pd

    st.header("Ours, tuned on the validation rows")
    tuning(choice, about.kind)
    mine = ours(choice)
    if mine:
        rows = [
            {"model": one.label, "loss on validation": one.validation, "settings": one.settings}
            for one in mine
        ]
        show_table(pd.DataFrame(rows), key="tables-ours", places=4)
    st.header("On the test rows")
    report_on(about, mine, theirs(about.came, "test", about))


def shown() -> None:
    choice = pick_corpus(
        key="tables-of", label="Table", default="wine", kinds=(CLASSES, VALUES), giving=giving
    )
    view = switch("What to see", VIEWS, key="tables-view")
    if not choice.ready:
        return
    about = known(choice)
    if view == "explore":
        explore(about)
    elif view == "models":
        compared(about, choice)
    elif about.kind == CLASSES:
        many(about)
    else:
        st.info("Bags, stacks and forests are shown on classes: choose a table with a class.")


def code() -> None:
    from lm_core.models.tables import logistic, perceptron

    show_source(logistic, "The code: logistic regression")
    show_source(perceptron, "The code: the MLP of a table")


with session.mending():
    shown()
code()
