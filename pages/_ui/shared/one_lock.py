"""Two runs of one session change its state one after the other.

A click that comes while a screen is drawn begins a run of its own, and the one before goes on until
it notices. Streamlit gives each run a lock of its own for the state that they share, so that the
second takes over what was clicked while the first puts its own away: an error in a thread, seldom,
on a busy machine. Here the lock is the state's.
"""

from collections.abc import Callable
from functools import wraps
from threading import RLock

from streamlit.runtime.state import SafeSessionState, SessionState

LOCK = "lab_lock"  # of a session's state


def install() -> None:
    """For all sessions of this process; once."""
    begin = SafeSessionState.__init__
    if hasattr(begin, LOCK):
        return

    @wraps(begin)
    def share(
        self: SafeSessionState, state: SessionState, yield_callback: Callable[[], None]
    ) -> None:
        begin(self, state, yield_callback)
        # In one step, as two runs may begin at once. A state has no room for more, what it keeps of
        # the address has; and the setter of `self` is for what a screen keeps.
        lock = vars(state.query_params).setdefault(LOCK, RLock())
        object.__setattr__(self, "_lock", lock)

    setattr(share, LOCK, True)
    SafeSessionState.__init__ = share
