"""How a running training is steered: pause, resume, single steps, stop, another learning rate.

The trainer looks at it between two steps, or two parts of a text that is counted. This one is
changed from another thread of the same process; a worker process uses one that reads the requests
out of the run store.
"""

import time


class Control:
    """`requested` is the state asked for: run, pause or stop.

    A paused run may take as many single steps as were granted and not yet taken: two counts, each
    written by one side alone, so that no step is lost between two threads.
    """

    leaves = False  # whether the run is to be saved at its next pause, and to go on elsewhere

    def __init__(self) -> None:
        self.requested = "run"
        self.steps_granted = self._steps_taken = 0
        self.lr_scale = 1.0

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.requested!r})"

    def pause(self) -> None:
        self.requested = "pause"

    def resume(self) -> None:
        self.requested = "run"

    def stop(self) -> None:
        self.requested = "stop"

    def single_step(self) -> None:
        self.requested, self.steps_granted = "pause", self.steps_granted + 1

    def look(self) -> str:
        """The state asked for as it stands now. A subclass fetches it from elsewhere."""
        return self.requested

    @property
    def steps_allowed(self) -> int:
        """Single steps granted and not yet taken."""
        return self.steps_granted - self._steps_taken

    def may_step(self) -> bool:
        """True when a paused run was allowed one more step; uses that allowance up."""
        if self.steps_allowed <= 0:
            return False
        self._steps_taken += 1
        return True

    def hold(self) -> None:
        """Wait as long as the run is paused and may take no step."""
        while self.look() == "pause" and self.steps_allowed == 0:
            self.wait()

    def wait(self, seconds: float = 0.05) -> None:
        """A short sleep while paused."""
        time.sleep(seconds)
