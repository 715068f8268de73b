"""While one run of a session changes its state, another one waits."""

from threading import Thread

import pytest
from streamlit.runtime.state import SafeSessionState, SessionState

from pages._ui.shared import one_lock


@pytest.fixture(autouse=True)
def installed() -> None:
    one_lock.install()


def a_run(state: SessionState) -> SafeSessionState:
    """One that nobody interrupts."""
    return SafeSessionState(state, lambda: None)


def would_wait(run: SafeSessionState) -> bool:
    """Whether a change by this run, in a thread of its own, has to wait."""
    free = []

    def ask() -> None:
        free.append(run._lock.acquire(blocking=False))
        if free[0]:
            run._lock.release()

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    return not free[0]


def test_a_run_waits_until_the_one_before_has_put_its_state_away() -> None:
    state = SessionState()
    before, after = a_run(state), a_run(state)
    with before.query_params():  # as long as it holds the state
        assert would_wait(after)
    assert not would_wait(after)
    after["clicked"] = True
    assert before["clicked"]


def test_sessions_do_not_wait_for_each_other() -> None:
    one, other = a_run(SessionState()), a_run(SessionState())
    with one.query_params():
        assert not would_wait(other)
