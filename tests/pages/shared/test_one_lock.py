"""While one run of a session changes its state, another one waits."""

from threading import Thread

from streamlit.runtime.state import SafeSessionState, SessionState

from pages._ui.shared import one_lock


def nothing() -> None:
    """A run that nobody interrupts."""


def test_a_run_waits_until_the_one_before_has_put_its_state_away() -> None:
    one_lock.install()
    state, order = SessionState(), []
    before, after = SafeSessionState(state, nothing), SafeSessionState(state, nothing)

    def take_over() -> None:
        order.append("asks")
        after["clicked"] = True
        order.append("takes over")

    with before.query_params():  # as long as it holds the state
        second = Thread(target=take_over)
        second.start()
        second.join(0.2)  # what does not wait is over by then
        order.append("is put away")
    second.join()
    assert order == ["asks", "is put away", "takes over"]
    assert after["clicked"]


def test_sessions_do_not_wait_for_each_other() -> None:
    one_lock.install()
    one, other = (SafeSessionState(SessionState(), nothing) for _ in range(2))
    with one.query_params():
        thread = Thread(target=other.__setitem__, args=("clicked", True))
        thread.start()
        thread.join()
    assert other["clicked"]
