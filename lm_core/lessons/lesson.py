"""A ready lesson: what a class does in 45 minutes, as data.

Lesson  title, aim, minutes, what a teacher should know
  Step  minutes, a lesson link (screen, state, words, question), and what is to be done on it
    Task    words, and the condition that ticks it off (`doing.py`)
    Figure  what one will see, from where to where; the lab computes it (`answers.py`)
"""

from dataclasses import dataclass, field, replace

from lm_core.figures import significant
from lm_core.lessons.doing import Condition
from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Computed, Question
from lm_core.lessons.reading import BadLesson

OF_RUN = ("validation", "train", "gap")  # figures of the run that a step asks for, in nats


@dataclass(frozen=True)
class Task:
    """One thing to do, in words, and the condition that ticks it off."""

    words: str
    condition: Condition


@dataclass(frozen=True)
class Figure:
    """A number that one will see, and the range that it lies in.

    Args:
        computed: how the lab computes it, as the answer to a question; None where it is one of the
            run that the step asks for.
        of_run: which of that run: one of OF_RUN; "gap" is validation less training loss.

    Raises:
        BadLesson: the range is empty, or nothing says where the number comes from.
    """

    what: str
    low: float
    high: float
    unit: str = ""
    computed: Computed | None = None
    of_run: str = ""

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise BadLesson(f"“{self.what}” needs a range, from less to more.")
        if (self.computed is None) == (self.of_run not in OF_RUN):
            raise BadLesson(
                f"“{self.what}” is computed, or of the run of its step: one of the two."
            )

    @property
    def question(self) -> Question:
        """The question that it answers; for a figure that is computed."""
        return Question(self.what, "number", computed=self.computed, unit=self.unit)

    @property
    def said(self) -> str:
        """The range in words."""
        low, high = significant(self.low, 4), significant(self.high, 4)
        return f"{self.what}: {low} to {high} {self.unit}".strip()

    def holds(self, value: float) -> bool:
        """Whether a value lies in the range."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Step:
    """One screen of a lesson.

    Args:
        notes: for the teacher: what to ask, what goes wrong, the answer; a paragraph each.
    """

    title: str
    minutes: int
    link: LessonLink
    tasks: tuple[Task, ...]
    figures: tuple[Figure, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.tasks:
            raise BadLesson(f"Nothing ticks the step “{self.title}” off.")
        asks = any(task.condition.name in ("answered", "compared") for task in self.tasks)
        if asks and self.link.question is None:
            raise BadLesson(f"The step “{self.title}” waits for an answer, and asks nothing.")


@dataclass(frozen=True)
class Lesson:
    """A sequence of steps. Each link is given its place in it.

    Args:
        name: as in an address: "letter-pairs".
        aim: what one can say at the end.
        needs: what must be there before it begins.
        notes: for the teacher, of the whole lesson.

    Raises:
        BadLesson: the minutes of the steps are not those of the lesson.
    """

    name: str
    title: str
    aim: str
    steps: tuple[Step, ...]
    minutes: int = 45
    notes: tuple[str, ...] = ()
    needs: str = ""
    screens: tuple[str, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        if (total := sum(step.minutes for step in self.steps)) != self.minutes:
            raise BadLesson(
                f"The steps of “{self.title}” take {total} minutes, not {self.minutes}."
            )
        placed = tuple(
            replace(step, link=replace(step.link, lesson=f"{self.name}/{number}"))
            for number, step in enumerate(self.steps, 1)
        )
        object.__setattr__(self, "steps", placed)
        object.__setattr__(self, "screens", tuple(dict.fromkeys(s.link.screen for s in placed)))

    def step(self, number: int) -> Step | None:
        """The step of this number, from 1; None where there is none."""
        return self.steps[number - 1] if 1 <= number <= len(self.steps) else None


def place_of(link: LessonLink) -> tuple[str, int]:
    """The lesson that a link is a step of, and which: ("letter-pairs", 2); ("", 0) for none."""
    name, _, number = link.lesson.partition("/")
    return (name, int(number)) if number else ("", 0)
