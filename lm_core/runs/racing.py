"""What a visitor may ask of a race.

Its runs are ordinary runs: they go through the queue with all others, some at a time or in turns,
and each can be opened, stopped and resumed by itself. What a race adds: they are started as one,
stopped as one and deleted as one.
"""

import threading
from collections.abc import Callable

from lm_core.corpora import corpora
from lm_core.errors import LabError
from lm_core.models import models
from lm_core.runs import limits
from lm_core.runs.race import Race
from lm_core.runs.store import RunStore


class Racing:
    """The part of a `RunManager` that starts, stops and deletes races."""

    store: RunStore
    _lock: threading.RLock
    start: Callable[..., str]
    stop: Callable[[str, str], None]
    resume: Callable[[str, str], None]
    delete: Callable[[str, str], None]
    _check_waiting: Callable[[str], None]

    def race(self, race: Race, owner: str, *, title: str = "") -> str:
        """Queue all of its runs and return its id.

        Raises:
            LabError: as `start` for one of them; where it cannot run here, none was started.
        """
        title = limits.title(title)
        entrants = list(race.entrants())
        for entrant in entrants:
            if entrant.seed == 0:  # another seed is no larger
                limits.spec(entrant.spec)
        with self._lock:
            self._check_waiting(owner)
            id = self.store.races.create(owner, title, race.to_dict())
            for entrant in entrants:
                named = f"{models[entrant.model].title}, {_text(race)}"
                self.start(entrant.spec, owner, title=named[: limits.TITLE], race=id)
        return id

    def stop_race(self, id: str, owner: str) -> None:
        """Stop all of its runs that go on or wait."""
        with self._lock:
            self.store.races.get(id, owner)
            for run in self.store.runs_in(id, owner):
                if run.active:
                    self.stop(run.id, owner)

    def resume_race(self, id: str, owner: str) -> None:
        """Go on with those of its runs that were stopped or cut off.

        Raises:
            LabError: as `resume`.
        """
        with self._lock:
            self.store.races.get(id, owner)
            for run in self.store.runs_in(id, owner):
                if run.status in ("stopped", "interrupted"):
                    self.resume(run.id, owner)

    def delete_race(self, id: str, owner: str) -> None:
        """Forget it with its runs.

        Raises:
            LabError: some of them still go on.
        """
        with self._lock:
            self.store.races.get(id, owner)
            runs = self.store.runs_in(id, owner)
            if any(run.active for run in runs):
                raise LabError("This race is still going: stop it first.")
            for run in runs:
                self.delete(run.id, owner)
            self.store.races.forget(id, owner)


def _text(race: Race) -> str:
    name = race.data.name
    return corpora[name].title if name in corpora else "a text of your own"
