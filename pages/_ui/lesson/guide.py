"""A ready lesson, walked: what is to be done at this step, ticked off when it was done, and the way
to the next one. How far one is stays with the visitor's runs, so a lesson that was left is found
again.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import streamlit as st

from lm_core.lessons.link import PARAMETER, LessonLink
from pages._ui.lesson.link import stands
from pages._ui.shared import held, session
from pages._ui.shared.alone import alone
from pages._ui.shared.lesson_record import record
from pages._ui.shared.plain import plain
from pages._ui.shared.standing import paced

if TYPE_CHECKING:
    from lm_core.lessons.doing import Ran, Seen
    from lm_core.lessons.lesson import Lesson, Step
    from lm_core.runs.store import Run

PAGE, OPEN = "pages/lessons.py", "lessons-open"  # where all are; which of them is open there
AT, DONE = "lesson-at", "lesson-done"  # in the session: where one is; what is done there
LOOK_SECONDS = 2.0
OF_RUNS = ("trained", "raced")  # conditions that a run meets, on whatever screen it is looked at
MARKS = {True: ":material/check_circle:", False: ":material/radio_button_unchecked:"}
SAID = {True: "done", False: "to do"}


class HowFar(Protocol):
    """How far one is with the question of a step."""

    predicted: object
    skipped: bool
    compared: bool


def place(link: LessonLink | None) -> "tuple[Lesson, int, Step] | None":
    """The ready lesson that a link is a step of, which, and the step; None where it is none."""
    if link is None or not link.lesson:
        return None
    from lm_core.lessons.lesson import place_of
    from lm_core.lessons.ready import lesson, lessons

    name, number = place_of(link)
    if name not in lessons:
        return None
    found = lesson(name)
    step = found.step(number)
    return None if step is None or step.link.screen != link.screen else (found, number, step)


def heading(link: LessonLink) -> str:
    """What stands above the words of a link."""
    if (found := place(link)) is None:
        return "Lesson"
    lesson, number, step = found
    return f"{lesson.title}, step {number} of {len(lesson.steps)}: {step.title}"


def tasks(link: LessonLink, how_far: Callable[[LessonLink], HowFar]) -> None:
    """What is to be done, looked at again and again until all is."""
    if (found := place(link)) is None:
        return
    lesson, number, step = found
    st.session_state[AT] = (lesson.name, number)
    every = None if done(lesson, number) >= _all(step) else paced(LOOK_SECONDS)
    alone(_tasks, run_every=every)(link, how_far)


def go_on(link: LessonLink) -> None:
    """The way to the next step, and out of the lesson."""
    if (found := place(link)) is None:
        return
    lesson, number, step = found
    finished = done(lesson, number) >= _all(step)
    with st.container(horizontal=True, key="lesson-on"):
        kind = "primary" if finished else "secondary"
        following = lesson.step(number + 1)
        label = f"Next: {following.title}" if following else "End of the lesson"
        if st.button(plain(label), type=kind, key="lesson-next"):
            go(following.link) if following else leave(lesson)
        if st.button("All steps", type="tertiary", key="lesson-leave"):
            leave(lesson)


def go(link: LessonLink) -> None:
    """Open a step."""
    held.lay({})
    st.switch_page(f"pages/{link.screen}.py", query_params={PARAMETER: link.to_address()})


def leave(lesson: "Lesson") -> None:
    """To the steps of the lesson, and what is done of them."""
    held.lay({})
    st.switch_page(PAGE, query_params={OPEN: lesson.title})


def back() -> None:
    """On a screen without a lesson: the way back to the step that is open."""
    if (at := st.session_state.get(AT)) is None:
        return
    from lm_core.lessons.ready import lesson

    with st.sidebar:
        pressed = st.button("Back to the lesson", key="lesson-back")
    if pressed and (step := lesson(at[0]).step(at[1])):
        go(step.link)


def done(lesson: "Lesson", number: int) -> frozenset[int]:
    """Which tasks of a step are done, from 1; from the record once in a session.

    Raises:
        StoreUnavailable: the record cannot be read.
    """
    known = st.session_state.setdefault(DONE, {})
    if lesson.name not in known:
        known[lesson.name] = record().done(session.visitor(), lesson.name)
    return known[lesson.name].get(number, frozenset())


def look(lesson: "Lesson", number: int, link: LessonLink, how_far: HowFar | None) -> bool:
    """Tick off what was done at a step since; whether anything was.

    Args:
        how_far: with its question; None away from its screen, where only runs are looked at.
    """
    from lm_core.lessons.doing import met

    step, before = lesson.step(number), done(lesson, number)
    left = [n for n in _all(step) if n not in before]
    if how_far is None:
        left = [n for n in left if step.tasks[n - 1].condition.name in OF_RUNS]
    since = record().open(session.visitor(), lesson.name, number)
    if not left:
        return False
    runs = any(step.tasks[n - 1].condition.name in OF_RUNS for n in left)
    skipped = how_far is not None and how_far.skipped
    seen = _seen(link, since if runs or skipped else None, how_far)
    new = [n for n in left if met(step.tasks[n - 1].condition, seen)]
    if not new:
        return False
    record().tick(session.visitor(), lesson.name, number, new)
    st.session_state[DONE][lesson.name][number] = before | set(new)
    return True


def forget(lesson: "Lesson | None" = None) -> None:
    """A lesson, or all, as if they had not been begun.

    Raises:
        StoreUnavailable: the record cannot be written.
    """
    record().forget(session.visitor(), lesson and lesson.name)
    for key in (AT, DONE):
        st.session_state.pop(key, None)


def _all(step: "Step") -> frozenset[int]:
    return frozenset(range(1, len(step.tasks) + 1))


def _tasks(link: LessonLink, how_far: Callable[[LessonLink], HowFar]) -> None:
    with session.mending():
        lesson, number, step = place(link)
        new = look(lesson, number, link, how_far(link))
        ticked = done(lesson, number)
        lines = [
            f"{MARKS[n in ticked]} {plain(task.words)} :gray[({SAID[n in ticked]})]"
            for n, task in enumerate(step.tasks, 1)
        ]
        st.markdown("  \n".join(lines))
        if ticked >= _all(step):
            st.caption("All done here. Go on when you like.")
            if new:
                st.rerun()  # the clock of this part stops with the whole page


def _seen(link: LessonLink, since: float | None, how_far: HowFar | None) -> "Seen":
    """What the lab sees of this learner now; runs only where somebody asks for them."""
    from lm_core.lessons.doing import Seen

    state = {n: tuple(v) for n, v in link.state.items()}
    if how_far is not None:
        state = {name: tuple(values) for name, values in stands().items()}
    runs: tuple = ()
    if since is not None:
        found = session.manager().store.runs_of(session.visitor())
        runs = tuple(_ran(run) for run in found if run.created >= since)
    return Seen(
        link,
        state,
        runs,
        answered=how_far is not None and how_far.predicted is not None,
        skipped=how_far is not None and how_far.skipped,
        compared=how_far is not None and how_far.compared,
    )


def _ran(run: "Run") -> "Ran":
    from lm_core.lessons.doing import Ran
    from lm_core.training.events import Evaluated, Step

    store = session.manager().store
    last, score = store.last(Step, run.id), store.latest(Evaluated, run.id)
    return Ran(
        text=run.spec.get("data", {}).get("name", ""),
        model=run.spec.get("model", {}).get("name", ""),
        status=run.status,
        kind=run.kind,
        race=run.race,
        step=last["step"] if last else 0,
        nats=score["nats"] if score else None,
    )
