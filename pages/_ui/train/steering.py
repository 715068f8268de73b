"""The buttons that steer a run: pause, single steps, stop, another learning rate, start over."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.errors import BadSettings, LabError
from pages._ui.shared import session
from pages._ui.shared.open_run import EXAMINED, TRAINED
from pages._ui.shared.plain import plain
from pages._ui.train.points import KEPT

if TYPE_CHECKING:
    from lm_core.runs.store import Run

TROUBLE = "train-trouble"  # (run, place, sentence): what the last button could not do
LABELS = {"lr": "Learning rate"}


def act(run: str, what: Callable[..., object], *args: object, place: str = "") -> bool:
    """Do something to a run in answer to a button; returns whether that could be done. What a
    person can mend is said in the panel, which is drawn again and again, until another button is
    pressed.

    Args:
        place: the control it is about, beside which it is said.
    """
    st.session_state.pop(TROUBLE, None)
    try:
        what(run, session.visitor(), *args)
    except LabError as error:
        said = error.called(LABELS) if isinstance(error, BadSettings) else str(error)
        st.session_state[TROUBLE] = (run, place, said)
    return TROUBLE not in st.session_state


def trouble(run: str, place: str = "") -> None:
    """The sentence of the last button, where it is about this run and belongs here."""
    *about, sentence = st.session_state.get(TROUBLE, ("", "", ""))
    if about == [run, place]:
        st.error(plain(sentence))


def steering(run: "Run") -> None:
    """What can be done with the run as it stands; of a part of an examination, where that is."""
    if run.parent:
        part = "Part of an examination, which alone steers it."
        st.caption(part if run.active else "Part of an examination.")
        EXAMINED.link(run.parent, "Its examination →")
        return
    runs = session.manager()
    stopping = run.requested == "stop"
    with st.container(horizontal=True):
        if run.status in ("running", "starting") and not stopping:
            _button("Pause", run, runs.pause, disabled=run.requested == "pause")
        if run.status == "paused" and not stopping:
            _button("Resume", run, runs.resume)
            _button("Step", run, runs.single_step)
        if run.active:
            _button("Stop", run, runs.stop, disabled=stopping)
        else:
            if run.status in ("stopped", "interrupted", "failed"):
                _button("Resume", run, runs.resume)
            with st.popover("Start over", key="train-over"):
                _start_over(run)
    trouble(run.id)


def changes(run: "Run") -> None:
    """What can be changed while it goes on, folded away; nothing of a model that counts,
    or of a part of an examination."""
    from lm_core.runs.queue import counts

    if run.active and run.requested != "stop" and not run.parent and not counts(run):
        with st.popover("Steer", key="train-steer", type="tertiary"):
            _rate(run)
            _pause_at(run)


def rate_now(run: "Run") -> float:
    """The learning rate that its schedule is drawn with now."""
    return run.spec["train"]["lr"] * run.lr_scale


def _button(label: str, run: "Run", what: Callable[..., object], **options: object) -> None:
    st.button(label, key=f"train-{label}", on_click=act, args=(run.id, what), **options)


def _rate(run: "Run") -> None:
    key = f"train-rate-{run.id}"
    st.number_input(
        LABELS["lr"],
        value=rate_now(run),
        step=rate_now(run) / 10,
        format="%g",
        key=key,
        help="From the next step on, as if it had begun with this one: its schedule stays.",
    )

    def pressed() -> None:
        act(run.id, session.manager().set_rate, st.session_state[key], place=key)

    trouble(run.id, key)
    st.button("Use this rate", key="train-use-rate", on_click=pressed)


def _pause_at(run: "Run") -> None:
    key = f"train-pause-{run.id}"
    st.number_input(
        "Pause after step", value=run.pause_at, step=1, key=key, help="Empty: it does not pause."
    )

    def pressed() -> None:
        act(run.id, session.manager().pause_at, st.session_state[key], place=key)

    trouble(run.id, key)
    st.button("Pause there", key="train-pause-there", on_click=pressed)


def _start_over(run: "Run") -> None:
    """Reset, or the same again beside it."""
    runs = session.manager()

    def again(run_id: str, owner: str) -> None:
        runs.reset(run_id, owner)
        st.session_state.get(KEPT, {}).pop(run_id, None)
        runs.resume(run_id, owner)

    st.button(
        "From step 0",
        key="train-reset",
        on_click=act,
        args=(run.id, again),
        help="Forgets this curve and all that was learned; settings, name and note stay.",
    )

    def beside(run_id: str, owner: str) -> None:
        from lm_core.runs.spec import RunSpec

        spec = RunSpec.from_dict(runs.store.get(run_id, owner).spec)
        TRAINED.show(runs.start(spec, owner, title=run.title))

    if st.button(
        "As a new run",
        key="train-same",
        on_click=act,
        args=(run.id, beside),
        help="The same settings once more; this run stays as it is.",
    ):
        st.rerun()  # the whole page: it shows another run
