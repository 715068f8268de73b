"""Fine-tune: a model that knows something is adapted to another text, and both are measured."""

import streamlit as st

from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch
from pages._ui.tune.form import form
from pages._ui.tune.outcome import outcome
from pages._ui.tune.statements import statements
from pages._ui.tune.written import rouge

VIEWS = {
    "start": "Adapt a model",
    "outcome": "What came of it",
    "written": "ROUGE of what it writes",
    "statements": "Four statements on LoRA",
}

front_door.enter()
st.title("Fine-tune")
st.write(
    "A model that has read one text is changed a little, to suit another: far quicker than "
    "learning anew. Here one sees what that wins on the new text, and what it forgets of the old."
)
view = switch("What to do", VIEWS, key="tune-view")
with session.mending():
    {"start": form, "outcome": outcome, "written": rouge, "statements": statements}[view]()
