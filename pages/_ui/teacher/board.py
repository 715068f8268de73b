"""The class board: how a lesson's questions were answered, why, how low the class came; the table
to take away, and the question before all is cleared."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.charts.words import numbered_apart
from lm_core.visible import readable
from pages._ui.shared import language, session
from pages._ui.shared.class_board import board
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.teacher.going import act
from pages._ui.teacher.present import named

if TYPE_CHECKING:
    from lm_core.lessons.board import Answer
    from lm_core.lessons.tally import Tally
    from pages._ui.shared.catalogue import Catalogue

LESSON, QUESTION = "teacher-lesson", "teacher-question"
CLEARED = "teacher-cleared"  # in the session: how often; after each the question is closed
HEIGHT = 260  # pixels of the explanations, beyond which they scroll
OURS = ("Asked", "Moment", "Right")  # columns of the table that nobody of the class wrote
SHOWN, LOWEST = 60, 10  # explanations; runs of each text
EMPTY = (
    "No answers yet. When pupils answer the question of a lesson, their predictions and reasons "
    "are counted here, without names."
)


def answers() -> None:
    """One question of one lesson, and what can be done with the answers."""
    lessons = board().lessons()
    if not lessons:
        st.caption(EMPTY)
        return
    _keep(LESSON, lessons)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        lesson = st.selectbox("Lesson", lessons, format_func=readable, key=LESSON, width=280)
        asked = board().questions(lesson)
        _keep(QUESTION, list(asked))
        question = st.selectbox(
            "Question",
            list(asked),
            format_func=lambda one: readable(asked[one] or one),
            key=QUESTION,
            width="stretch",
        )
    said, why = st.columns([5, 4])
    with said, st.container(border=True, height="stretch"):
        _said(asked[question] or question, board().tally(lesson, question))
    with why, st.container(border=True, height="stretch"):
        _why(board().explanations(lesson, question, SHOWN))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download the table",
            partial(_file, lesson, language.known()),
            file_name="class-board.csv",
            mime="text/csv",
            key="teacher-table",
            on_click="ignore",
            help="All answers of this lesson. Pupils are numbers that say nothing.",
        )
        _clear(lesson)


def _keep(key: str, options: list[str]) -> None:
    """What was chosen stays while it is there."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]


def _said(asked: str, tally: "Tally") -> None:
    from lm_core.charts.board import change_words, said_bars
    from lm_core.figures import percent

    st.markdown(plain(asked))
    chart = said_bars(tally.said)
    show_chart(chart, key="teacher-said", alt=f"{chart.title}, read aloud in the line below it.")
    st.caption(plain(chart.alt))
    named = {"": "Right", "before": "Right before", "after": "Right after"}
    rights = [
        f"{named[m]}: {tally.right.get(m, 0):,} of {tally.judged[m]:,} "
        f"({percent(tally.right.get(m, 0) / tally.judged[m])})."
        for m in tally.moments
        if tally.judged.get(m)
    ]
    if "before" in tally.moments or "after" in tally.moments:
        rights.append(change_words(tally.change))
    if rights:
        st.markdown(" ".join(rights))


def _why(given: "list[Answer]") -> None:
    st.markdown("### Why")
    if not given:
        st.caption("Nobody has given a reason yet.")
        return
    with st.container(height=HEIGHT, border=False):
        for one in given:
            said = one.prediction if isinstance(one.prediction, str) else ""
            about = ", ".join(filter(None, [one.moment, said]))
            mark = {True: " ✓", False: " ✗", None: ""}[one.right]
            st.markdown(plain(one.why))
            st.caption(plain(f"{about}{mark}" or "said"))


def _file(lesson: str, catalogue: "Catalogue | None") -> bytes:
    from lm_core.csv_files import csv_text

    say = catalogue.say if catalogue else str
    headings, *rows = board().table(lesson)
    told = [
        tuple(say(cell) if name in OURS else cell for name, cell in zip(headings, row, strict=True))
        for row in rows
    ]
    return csv_text([tuple(map(say, headings)), *told]).encode("utf-8-sig")


def _clear(lesson: str) -> None:
    """The question, and what is done once it was answered."""
    from lm_core.figures import count

    times = st.session_state.get(CLEARED, 0)
    with st.popover("Clear", type="tertiary", key=f"teacher-clear-{times}"):
        number = count(len(board().answers(lesson)), "answer")
        st.markdown(f"Clear the {number} of the lesson “{plain(lesson)}”? They are gone for good.")
        st.button("Clear this lesson", key="teacher-clear", on_click=act, args=(_cleared, lesson))
        st.button("Clear all lessons", key="teacher-clear-all", on_click=act, args=(_cleared, None))


def _cleared(lesson: str | None) -> None:
    board().clear(lesson)
    st.session_state[CLEARED] = st.session_state.get(CLEARED, 0) + 1


def lowest_bits() -> None:
    """The runs that came lowest, text by text."""
    from lm_core.charts.board import lowest_bars
    from lm_core.lessons.class_runs import lowest

    runs = session.manager()
    found = lowest(runs.store, runs._presence.id, LOWEST)
    if not found:
        st.caption("No run that was started since the lab was has a score yet.")
    for number, text in enumerate(dict.fromkeys(one.text for one in found)):
        here = [one for one in found if one.text == text]
        labels = numbered_apart([named(one.owner, one.family) for one in here])
        chart = lowest_bars(labels, [one.bits for one in here], title=f"Lowest on {text}")
        show_chart(
            chart,
            key=f"teacher-lowest-{number}",
            alt=f"{chart.title}, read aloud in the line below it.",
        )
        st.caption(plain(chart.alt))
