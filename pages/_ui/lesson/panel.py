"""Above a screen: the teacher's words, and the question before the answer.

One predicts or skips; then the screen opens; one runs it, says why, and compares.
"""

import hashlib
from dataclasses import dataclass, replace

import streamlit as st

from lm_core.errors import LabError
from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import MOST_WORDS, Prediction, Question
from pages._ui.lesson import builder, guide
from pages._ui.lesson.answering import Answered, answered, awaited
from pages._ui.shared import held
from pages._ui.shared.plain import plain

PROGRESS = "lesson-progress"  # in the session: how far one is, by link
ASKED, ANSWER, WHY = "lesson-asked", "lesson-answer", "lesson-why"  # of the controls
NO_LESSONS = ("lesson_builder", "lessons", "teacher", "spotlight")  # screens that none is about
WAITS = "The screen opens when you have answered or skipped the question."


@dataclass(frozen=True)
class Progress:
    """How far one is with a question."""

    predicted: Prediction | None = None
    skipped: bool = False
    why: str = ""
    compared: bool = False  # the answer is shown

    @property
    def over(self) -> bool:
        """Whether the question was answered or skipped."""
        return self.skipped or self.predicted is not None


def panel(title: str, screen: str, wrong: str = "") -> bool:
    """Draw it, where there is a lesson. Whether the screen below is to be drawn.

    Args:
        title: of the screen, which says where one is while it waits.
        screen: the name of its file.
        wrong: what is wrong with the link in the address.
    """
    if wrong:
        st.error(plain(wrong))
    lesson = held.link()
    if lesson is None:
        if screen not in NO_LESSONS:
            guide.back()
            builder.offer(screen)
        return True
    with st.container(border=True, key="lesson-panel"):
        st.markdown(f"## {plain(guide.heading(lesson))}")
        for line in lesson.words.splitlines():
            if line.strip():
                st.markdown(plain(line))
        if any(name not in lesson.hidden for name in lesson.locked):
            st.caption("What is grey is kept as the lesson has it.")
        guide.tasks(lesson, progress)
        done = Progress(skipped=True)
        if lesson.question is not None:
            done = _question(lesson, lesson.question)
        guide.go_on(lesson)
    if done.over or not lesson.question.folded:
        return True
    st.title(title)
    st.info(WAITS)
    return False


def progress(lesson: LessonLink) -> Progress:
    """How far one is with its question."""
    return st.session_state.get(PROGRESS, {}).get(_name(lesson), Progress())


def _keep(lesson: LessonLink, done: Progress) -> None:
    st.session_state.setdefault(PROGRESS, {})[_name(lesson)] = done


def _name(lesson: LessonLink) -> str:
    return hashlib.sha256(lesson.to_address().encode()).hexdigest()[:12]


def _question(lesson: LessonLink, question: Question) -> Progress:
    """The question, or what came of it."""
    done = progress(lesson)
    st.markdown(f"### {plain(question.text)}")
    if not done.over:
        _ask(lesson, question)
    elif done.skipped:
        st.caption("You skipped the question.")
    else:
        _told(lesson, question, done)
    return progress(lesson)


def _ask(lesson: LessonLink, question: Question) -> None:
    """What is predicted, and two buttons."""
    name = _name(lesson)
    value = _control(question, f"{ASKED}-{name}")
    with st.container(horizontal=True):
        said = st.button("Answer", type="primary", key=f"{ANSWER}-{name}")
        st.button(
            "Skip",
            type="tertiary",
            key=f"lesson-skip-{name}",
            on_click=lambda: _keep(lesson, Progress(skipped=True)),
        )
    if not said:
        return
    if value is None or (isinstance(value, tuple) and None in value):
        st.warning("Answer first, or skip the question.")
        return
    try:
        predicted = question.prediction(value)
    except LabError as error:
        st.warning(plain(error))
        return
    _keep(lesson, Progress(predicted))
    _tell(lesson, question, progress(lesson))
    st.rerun()


def _control(question: Question, key: str) -> object:
    """What is predicted with; None until it is there."""
    if question.options:
        return st.radio(
            "Your answer", list(question.options), index=None, format_func=plain, key=key
        )
    unit = f" ({plain(question.unit)})" if question.unit else ""
    if question.kind == "number":
        return st.number_input(
            f"Your guess{unit}", value=None, step=None, format="%g", key=key, width=220
        )
    if question.kind == "curve":
        with st.container(horizontal=True, key="lesson-curve"):
            return tuple(
                st.number_input(
                    f"At {at:g} {plain(question.along)}{unit}",
                    value=None,
                    step=None,
                    format="%g",
                    key=f"{key}-{i}",
                    width=170,
                )
                for i, at in enumerate(question.at)
            )
    return st.text_area("Your answer", key=key, max_chars=MOST_WORDS, height=90) or None


def _told(lesson: LessonLink, question: Question, done: Progress) -> None:
    """The prediction; then why, then the answer beside it."""
    st.markdown(f"You said: **{plain(question.shown(done.predicted))}**")
    name = _name(lesson)
    if not done.compared:
        st.caption("Now try it below. Then say why, and compare.")
        why = ""
        if question.why:
            why = st.text_input(plain(question.why), key=f"{WHY}-{name}", max_chars=MOST_WORDS)
        label = "Show the answer" if question.has_answer and not _again(question) else "Done"
        if st.button(label, key=f"lesson-compare-{name}"):
            done = replace(done, why=" ".join(why.split()), compared=True)
            _keep(lesson, done)
            if done.why:
                _tell(lesson, question, done)
            st.rerun()
        return
    if done.why:
        st.markdown(f"{plain(question.why)} {plain(done.why)}")
    if _again(question):
        st.info("Noted. The same question comes once more at the end.")
        return
    try:
        answer = _answer(question)
    except LabError as error:
        st.info(f"The lab cannot compute the answer here: {plain(error)}")
        return
    if answer is not None:
        st.markdown(f"The answer: **{plain(question.shown(answer))}**")
    with st.container(key="lesson-check"):
        checked = question.check(done.predicted, answer)
        show = st.info if checked.right is None else st.success if checked.right else st.warning
        show(plain(checked.said))


def _again(question: Question) -> bool:
    """Whether it is asked once more, so that what is right is not said yet."""
    return question.when == "before"


def _answer(question: Question) -> Prediction | None:
    """Raises LabError: it cannot be computed here."""
    if question.computed is None:
        return question.answer
    return question.prediction(computed(question))


@st.cache_data(max_entries=256, show_spinner="The lab looks it up …")
def computed(question: Question) -> Prediction:
    """What the lab answers, once for everybody.

    Raises:
        LabError: it cannot be computed here.
    """
    from lm_core.lessons.answers import answer

    return answer(question)


def _tell(lesson: LessonLink, question: Question, done: Progress) -> None:
    """Hand an answer on, with what came of it where that is known."""
    if not awaited():
        return  # for what would be computed
    try:
        answer = _answer(question)
    except LabError:
        answer = None
    right = None if answer is None else question.check(done.predicted, answer).right
    off = abs(done.predicted - answer) if question.kind == "number" and answer is not None else None
    answered(Answered(lesson, question, done.predicted, right, off, done.why))
