"""How low a class came: bits per character of the runs that were started since the lab was."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from lm_core.corpora import corpora
from lm_core.models import models
from lm_core.runs.per_character import tokens_per_character
from lm_core.runs.store import Run, RunStore
from lm_core.training.events import Evaluated

MOST = 300  # runs that are looked at, the newest
OWN = "a text of one's own"


@dataclass(frozen=True)
class Low:
    """One run: whose it is, what learned which text, how far it is, and its bits per character of
    validation text."""

    run: str
    owner: str
    family: str
    text: str
    step: int
    bits: float


def lowest(store: RunStore, server: int, most: int = 10) -> list[Low]:
    """The runs with the fewest bits per character, text by text in the order of their names: of
    each pupil the best of each family, of each text at most so many. Bits of different texts say
    nothing about each other.

    Args:
        server: whose runs; those of earlier days are of another.
    """
    found: dict[str, list[Low]] = {}
    for one in filter(None, (_low(store, run) for run in store.trained_at(server, MOST))):
        found.setdefault(one.text, []).append(one)
    return [one for text in sorted(found) for one in _best(found[text], most)]


def _best(runs: Iterable[Low], most: int) -> list[Low]:
    found: dict[tuple[str, str], Low] = {}
    for one in sorted(runs, key=lambda one: one.bits):
        found.setdefault((one.owner, one.family), one)
    return [*found.values()][:most]


def _low(store: RunStore, run: Run) -> Low | None:
    """What the run has come to: the score of what it keeps, once it has ended; before that its last
    evaluation. None where it has no such figure."""
    last, per = store.latest(Evaluated, run.id), tokens_per_character(run)
    if last is None or not math.isfinite(bits := last["nats"] / math.log(2) * per):
        return None
    return Low(run.id, run.owner, family_of(run), text_of(run), last["step"], bits)


def family_of(run: Run) -> str:
    """What learns, by the title of its family."""
    name = run.spec.get("model", {}).get("name", "")
    return models[name].title if name in models else name


def text_of(run: Run) -> str:
    """What is learned, by its title; nobody's own text is named."""
    name = run.spec.get("data", {}).get("name", "")
    return corpora[name].title if name in corpora else OWN
