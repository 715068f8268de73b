"""What ticks a step of a lesson off: conditions on what the learner did.

    doing("within", name="generate_text-temperature", low=1.5)
    met(condition, Seen(link=..., state={"generate_text-temperature": ("1.8",)}))  ->  True

Each is a pure function of what was seen; that "next" was pressed is none of it. What a condition
takes is checked as settings are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lm_core.errors import BadSettings, UnknownName, nearest
from lm_core.lessons.link import LessonLink
from lm_core.settings import Settings, setting

ENDED = ("finished", "stopped")
PARAMETER = "A parameter of the screen, as its address names it."


@dataclass(frozen=True)
class Ran:
    """A run of this learner that was begun since the step was opened.

    `nats` is its last validation loss, in nats per token; None before the first evaluation.
    """

    text: str
    model: str
    status: str
    kind: str = "train"  # or doctor
    race: str = ""  # that it is a part of
    step: int = 0
    nats: float | None = None


@dataclass(frozen=True)
class Seen:
    """What the lab sees of a learner at a step: the link, what the address says now, the runs, and
    how far the question is."""

    link: LessonLink
    state: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    runs: tuple[Ran, ...] = ()
    answered: bool = False
    skipped: bool = False
    compared: bool = False  # the prediction was compared with what came of it

    def value(self, name: str) -> str:
        """Of a parameter now; "" where the address has none: it is as the screen begins."""
        return next(iter(self.state.get(name, ())), "")

    def moved(self, name: str) -> bool:
        """Whether a parameter says something else than the link."""
        return tuple(self.state.get(name, ())) != tuple(self.link.state.get(name, ()))

    @property
    def tried(self) -> bool:
        """Whether the learner has changed anything that the address tells, or begun a run. What is
        gone from the address says nothing: a screen leaves out what is as usual."""
        return bool(self.runs) or any(map(self.moved, self.state))


@dataclass(frozen=True)
class OfParameter(Settings):
    """A parameter."""

    name: str = setting("", title="Parameter", help=PARAMETER)


@dataclass(frozen=True)
class OfRange(Settings):
    """A parameter, and from where to where it is brought."""

    name: str = setting("", title="Parameter", help=PARAMETER)
    low: float = setting(-1e12, title="At least", help="The lowest value that counts.")
    high: float = setting(1e12, title="At most", help="The highest value that counts.")


@dataclass(frozen=True)
class OfChoice(Settings):
    """A parameter, and what is chosen for it."""

    name: str = setting("", title="Parameter", help=PARAMETER)
    value: str = setting("", title="Value", help="What the address says then; empty: the usual.")


@dataclass(frozen=True)
class OfText(Settings):
    """A parameter that holds text, and how much of it is typed."""

    name: str = setting("", title="Parameter", help=PARAMETER)
    tokens: int = setting(1, title="Tokens", low=1, high=1000, help="At least so many of them.")
    unit: str = setting(
        "words", title="Cut into", choices=("words", "letters"), help="What counts as a token."
    )


@dataclass(frozen=True)
class OfRun(Settings):
    """A run, and how far it must have come."""

    text: str = setting("", title="Text", help="A corpus, by name; empty: any.")
    model: str = setting("", title="Model", help="A family, by name; empty: any.")
    steps: int = setting(0, title="Steps", low=0, high=10**9, help="At least so many.")
    ended: bool = setting(True, title="Has ended", help="Else it only has to have begun.")
    below: float = setting(
        0.0, title="Loss below", low=0.0, high=100.0, help="Nats per token, validation; 0: any."
    )
    times: int = setting(1, title="Runs", low=1, high=20, help="At least so many such runs.")


@dataclass(frozen=True)
class OfRace(Settings):
    """A race, and how many families of it have ended."""

    families: int = setting(2, title="Families", low=1, high=20, help="At least so many.")


@dataclass(frozen=True)
class Nothing(Settings):
    """It takes nothing."""


class Entry(NamedTuple):
    """One kind of condition. `of`: the setting that names a parameter of the screen, "" for "
    "none."""

    title: str
    settings: type[Settings]
    met: Callable[[Any, Seen], bool]
    of: str = ""


@dataclass(frozen=True)
class Condition:
    """An entry of `DOING` with what it takes; `doing` makes one."""

    name: str
    given: Settings

    @property
    def parameter(self) -> str:
        """The parameter of the screen that it looks at; "" for none."""
        of = DOING[self.name].of
        return getattr(self.given, of) if of else ""


def doing(name: str, /, **given: Any) -> Condition:
    """A condition, checked.

    Raises:
        UnknownName: nothing of that name, with the nearest.
        BadSettings: a parameter that it does not take, or a value out of range.
    """
    if name not in DOING:
        raise UnknownName(f"No step is ticked off by {name!r}{nearest(name, list(DOING))}")
    entry = DOING[name]
    condition = Condition(name, entry.settings.from_dict(given))
    if entry.of and not condition.parameter:
        raise BadSettings(f"{name} needs a parameter of the screen.", entry.of)
    return condition


def met(condition: Condition, seen: Seen) -> bool:
    """Whether the learner did it."""
    return DOING[condition.name].met(condition.given, seen)


def _moved(given: OfParameter, seen: Seen) -> bool:
    return seen.moved(given.name)


def _within(given: OfRange, seen: Seen) -> bool:
    try:
        return seen.moved(given.name) and given.low <= float(seen.value(given.name)) <= given.high
    except ValueError:
        return False


def _chosen(given: OfChoice, seen: Seen) -> bool:
    """What the link already says is no choice of the learner's."""
    return seen.moved(given.name) and seen.value(given.name) == given.value


def _typed(given: OfText, seen: Seen) -> bool:
    said = seen.value(given.name)
    tokens = len(said.split()) if given.unit == "words" else sum(not c.isspace() for c in said)
    return seen.moved(given.name) and tokens >= given.tokens


def _trained(given: OfRun, seen: Seen) -> bool:
    return sum(_fits(given, run) for run in seen.runs) >= given.times


def _fits(given: OfRun, run: Ran) -> bool:
    named = given.text in ("", run.text) and given.model in ("", run.model)
    far = run.step >= given.steps and (run.status in ENDED or not given.ended)
    low = not given.below or (run.nats is not None and run.nats < given.below)
    return run.kind == "train" and named and far and low


def _raced(given: OfRace, seen: Seen) -> bool:
    races: dict[str, set[str]] = {}
    for run in seen.runs:
        if run.race and run.status in ENDED:
            races.setdefault(run.race, set()).add(run.model)
    return any(len(families) >= given.families for families in races.values())


def _answered(given: Nothing, seen: Seen) -> bool:
    """A question that is skipped counts once something was tried."""
    return seen.answered or (seen.skipped and seen.tried)


def _compared(given: Nothing, seen: Seen) -> bool:
    return seen.compared or (seen.skipped and seen.tried)


DOING = {
    "moved": Entry("A parameter has another value than the link's", OfParameter, _moved, "name"),
    "within": Entry("A parameter was brought into a range", OfRange, _within, "name"),
    "chosen": Entry("Something was chosen", OfChoice, _chosen, "name"),
    "typed": Entry("A text of one's own was typed", OfText, _typed, "name"),
    "trained": Entry("A run has come so far", OfRun, _trained),
    "raced": Entry("A race has ended", OfRace, _raced),
    "answered": Entry("The question was answered, or skipped after a try", Nothing, _answered),
    "compared": Entry("The prediction was compared with what came of it", Nothing, _compared),
}
