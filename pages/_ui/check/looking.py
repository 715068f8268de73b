"""The lines of the check, and the ten seconds of training that belong to it."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import class_address, models, session
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.runs.readiness import Line
    from lm_core.runs.store import Run

# In the session: the lines so far, the run that goes on, and that it was told to stop.
FOUND, RUN, STOPPED = "check-found", "check-run", "check-stopped"
EVERY = 1.0  # seconds between two looks
MARKS = {True: ":green[✓ ready]", False: ":red[✗ to mend]", None: "○ to know"}
# What only the browser knows: which of the two is shown follows its width.
WIDTH = """<style>.check-narrow {display: none}
@media (max-width: 899px) {.check-wide {display: none} .check-narrow {display: inline}}</style>
<p>Width: <span class="check-wide">this window is wide enough for every screen.</span>
<span class="check-narrow">this window is narrow: it works, but a projector wants 900 pixels or
more; make it wider, or zoom out.</span></p>"""


def begin() -> None:
    """Look at everything that stands still, then start the training."""
    from lm_core.runs.readiness import lines, short_training

    found: list[Line] = []
    st.session_state[FOUND] = found
    store = session.manager().store
    with st.spinner("Looking at texts, models, memory and disk …"):
        found.extend(lines(store.folder, models.SHIPPED, session.looked_at()[1] or None))
        found.extend((_address(), _cookie()))
    title = "Check of this machine"
    st.session_state[RUN] = session.manager().start(
        short_training(), session.visitor(), title=title
    )


def show() -> None:
    """What was found so far, each with a mark and in words."""
    found = st.session_state.get(FOUND, [])
    for line in found:
        st.markdown(f"{MARKS[line.good]} **{plain(line.name)}.** {plain(line.said)}")
    if found:
        st.html(WIDTH)
    if found and RUN not in st.session_state:
        wrong = sum(line.good is False for line in found)
        if wrong:
            st.warning(f"To mend before the lesson: {wrong}.")
        elif any(line.name == "Training" for line in found):
            st.success("This machine is ready.")


def going() -> None:
    """The training on its way, with a button that stops the check; once it has ended its line."""
    run = _run()
    if run is None:
        st.session_state.pop(RUN, None)
        st.rerun()
    if not run.active:
        if st.session_state.pop(STOPPED, False):
            st.session_state.pop(FOUND, None)
        else:
            st.session_state[FOUND].append(_trained(run))
        st.session_state.pop(RUN, None)
        session.manager().delete(run.id, session.visitor())  # the check leaves nothing behind
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        waits = run.status in ("queued", "starting")
        held = " The teacher has paused everything." if session.manager().held else ""
        said = "waits for its turn" if waits else "goes on"
        st.caption(f"A training of ten seconds {said}.{held}")
        if st.button("Stop the check", key="check-stop"):
            session.manager().stop(run.id, session.visitor())
            st.session_state[STOPPED] = True
            st.rerun()


def _run() -> "Run | None":
    from lm_core.errors import RunNotFound

    try:
        return session.manager().store.get(st.session_state[RUN], session.visitor())
    except RunNotFound:
        return None


def _trained(run: "Run") -> "Line":
    from lm_core.runs.readiness import trained
    from lm_core.training.events import Evaluated, Step

    store = session.manager().store
    scored = [r for r in store.since(Evaluated, run.id) if r["split"] == "validation"]
    last = store.last(Step, run.id)
    nats = scored[-1]["nats"] if scored else None
    letters = run.facts.get("vocab_size") or run.facts.get("sizes", {}).get("vocab_size", 27)
    return trained(nats, letters, last["step"] if last else 0, run.message)


def _address() -> "Line":
    from lm_core.runs.readiness import Line

    name, found = "Address", class_address.lab_address()
    if found is None:
        return Line(name, False, class_address.ALONE.format(then="check again"))
    if class_address.for_class():
        return Line(name, True, f"Others in the network open {found}.")
    return Line(name, None, f"Others in the network open {found}. For a class start by make class.")


def _cookie() -> "Line":
    from lm_core.runs.readiness import Line

    if session.is_known():
        return Line("Browser", True, "It sends the lab's cookie, so runs are found again.")
    said = "It sends no cookie, so runs are lost when the page is closed"
    return Line("Browser", False, f"{said}: load the page anew, or allow cookies for this address.")
