"""How a running training is steered: pause, resume, single steps, stop, another learning rate.

The trainer looks at it between two steps. This one is changed from another thread of the same
process; a worker process uses one that reads the wishes out of the run store.
"""

import time


class Control:
    """`wish` is run, pause or stop. `steps_allowed` lets a paused run take single steps."""

    def __init__(self) -> None:
        self.wish = "run"
        self.steps_allowed = 0
        self.lr_scale = 1.0

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.wish!r})"

    def pause(self) -> None:
        self.wish = "pause"

    def resume(self) -> None:
        self.wish = "run"

    def stop(self) -> None:
        self.wish = "stop"

    def single_step(self) -> None:
        self.wish, self.steps_allowed = "pause", self.steps_allowed + 1

    def look(self) -> str:
        """The wish as it stands now. A subclass fetches it from elsewhere."""
        return self.wish

    def may_step(self) -> bool:
        """True when a paused run was allowed one more step; uses that allowance up."""
        if self.steps_allowed > 0:
            self.steps_allowed -= 1
            return True
        return False

    def wait(self, seconds: float = 0.05) -> None:
        """A short sleep while paused."""
        time.sleep(seconds)
