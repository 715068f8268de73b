"""One question, and all that is the visitor's is gone from this machine."""

import streamlit as st

from lm_core.errors import LabError
from pages._ui.shared import first_name, session
from pages._ui.shared.class_board import forget_mine
from pages._ui.shared.lesson_record import record
from pages._ui.shared.open_run import EXAMINED, TRAINED
from pages._ui.shared.plain import plain

LEFT = "train-left"  # in the session: how often all was deleted; after each the question is closed
REFUSED = "train-leave-refused"  # in the session: why it could not be, until it is asked again


def delete_all() -> None:
    """The button where runs are listed, with what it is about; nothing where there is nothing."""
    from lm_core.figures import count

    runs = session.manager()
    mine = runs.store.runs_of(session.visitor())
    texts = runs.store.texts.of(session.visitor())
    if not mine and not texts:
        return
    times = st.session_state.get(LEFT, 0)
    with st.popover("Delete all that is yours", type="tertiary", key=f"train-leave-{times}"):
        examined = sum(run.kind == "doctor" for run in mine)
        counted = ((len(mine) - examined, "run"), (examined, "examination"), (len(texts), "text"))
        what = [count(number, name) for number, name in counted if number]
        listed = " and ".join(filter(None, (", ".join(what[:-1]), what[-1])))
        st.markdown(f"Delete all that is yours here: {listed}?")
        st.caption(
            "Curves, models, notes and copies of texts are then gone from this machine for good. "
            "Runs that still go on are stopped first."
        )
        st.button("Delete all", key="train-leave-sure", on_click=_leave)
        if refused := st.session_state.get(REFUSED):
            st.error(plain(refused))


def _leave() -> None:
    st.session_state.pop(REFUSED, None)
    try:
        session.manager().delete_all(session.visitor())
        forget_mine()
        record().forget(session.visitor())
    except LabError as error:
        st.session_state[REFUSED] = str(error)
        return
    st.session_state[LEFT] = st.session_state.get(LEFT, 0) + 1
    first_name.give(session.visitor(), "")
    for shown in (TRAINED, EXAMINED):
        shown.forget()
    st.toast("All that was yours is deleted.")
