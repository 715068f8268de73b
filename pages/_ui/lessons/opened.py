"""A lesson that is opened: its steps with what is done, the way on, and the teacher's notes."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.errors import LabError
from pages._ui.lesson import guide
from pages._ui.lesson.given import address_of
from pages._ui.lesson.panel import computed
from pages._ui.lessons.cards import begun, is_done
from pages._ui.shared import language
from pages._ui.shared.paper import printed
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.lessons.lesson import Lesson, Step
    from pages._ui.shared.catalogue import Catalogue


def show(lesson: "Lesson") -> None:
    """Aim, steps, buttons; the notes below."""
    numbers = range(1, len(lesson.steps) + 1)
    for number in numbers:
        if guide.done(lesson, number) or (lesson.name, number) == st.session_state.get(guide.AT):
            guide.look(lesson, number, lesson.step(number).link, None)  # runs go on elsewhere
    st.header(plain(lesson.title))
    st.write(plain(lesson.aim))
    following = next((n for n in numbers if not is_done(lesson, n)), None)
    with st.container(horizontal=True):
        label = "Begin" if not begun(lesson) else "Go on"
        if following is None:
            st.success("All steps are done.")
        elif st.button(
            f"{label}: {plain(lesson.step(following).title)}", type="primary", key="lessons-go-on"
        ):
            guide.go(lesson.step(following).link)
        if begun(lesson):
            st.button(
                "Begin anew",
                type="tertiary",
                key="lessons-anew",
                on_click=guide.forget,
                args=(lesson,),
                help="Forgets what is ticked off in this lesson. Your runs stay.",
            )
    for number in numbers:
        _step(lesson, number)
    _notes(lesson)


def _step(lesson: "Lesson", number: int) -> None:
    """One line: whether it is done, what it is, and a button."""
    step, finished = lesson.step(number), is_done(lesson, number)
    ticked = len(guide.done(lesson, number))
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        said = guide.SAID[finished] if finished or not ticked else f"{ticked} of {len(step.tasks)}"
        st.markdown(
            f"{guide.MARKS[finished]} **{number}. {plain(step.title)}**, {step.minutes} minutes "
            f":gray[({said})]",
            width="stretch",
        )
        if st.button(f"Open step {number}", type="tertiary", key=f"lessons-step-{number}"):
            guide.go(step.link)


def _notes(lesson: "Lesson") -> None:
    """For the teacher, folded: the answers are in it."""
    if not st.toggle("Teacher's notes, with all answers", key=f"lessons-notes-{lesson.name}"):
        return
    answers = {n: _answer(step) for n, step in enumerate(lesson.steps, 1)}
    for line in lesson.notes:
        st.markdown(plain(line))
    for number, step in enumerate(lesson.steps, 1):
        _told(number, step, answers[number])
    links = {n: address_of(step.link) for n, step in enumerate(lesson.steps, 1)}
    st.download_button(
        "Notes to print",
        partial(_page, lesson, answers, links, language.known()),
        file_name=f"{lesson.name}.html",
        mime="text/html",
        key="lessons-print",
        on_click="ignore",
    )


def _told(number: int, step: "Step", answer: str) -> None:
    st.markdown(f"### {number}. {plain(step.title)}, {step.minutes} minutes")
    if step.link.question is not None:
        st.markdown(f"**{plain(step.link.question.text)}** {plain(answer)}")
    if step.figures:
        st.markdown("\n".join(f"- {plain(figure.said)}" for figure in step.figures))
    for line in step.notes:
        st.markdown(plain(line))


def _answer(step: "Step") -> str:
    """In words, computed where the lab can; "" without a question."""
    question = step.link.question
    if question is None:
        return ""
    if question.computed is None:
        return "" if question.answer is None else question.shown(question.answer)
    try:
        return question.shown(computed(question))
    except LabError as error:
        return str(error)


def _page(
    lesson: "Lesson",
    answers: dict[int, str],
    links: dict[int, str],
    catalogue: "Catalogue | None",
) -> str:
    """Made when it is asked for, where nobody knows who reads."""
    from lm_core.lessons.notes import notes

    return printed(notes(lesson, answers, links), catalogue)
