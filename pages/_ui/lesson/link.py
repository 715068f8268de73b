"""Opening a lesson link: the screen is set up as the link says, and held so while it is shown.

The link stays in the address on that screen, beside what is free there and was changed, so that a
page that is loaded anew comes back as it was. It goes with the screen.
"""

from contextlib import suppress
from typing import TYPE_CHECKING, Never

import streamlit as st
from streamlit.errors import StreamlitAPIException

from lm_core.errors import LabError
from lm_core.lessons.link import PARAMETER, LessonLink
from lm_core.lessons.reading import BadLesson
from pages._ui.shared import address, corpus_choice, held
from pages._ui.shared.address import SCREENS
from pages._ui.shared.parameters import KINDS, begins

if TYPE_CHECKING:
    from collections.abc import Sequence

OPENED = "lesson-opened"  # in the session: the screen that a link was opened on, and the link
SAID = "lesson-said"  # what was put back, until it was told
NOT_OF_A_LESSON = (PARAMETER, "visitor", "large")


def begin(screen: str) -> str:
    """Before a screen begins: set it up as the lesson in its address says, or let go of one that
    was left. Returns what is wrong with the link, in a sentence, or "".

    Args:
        screen: the name of its file.
    """
    given = st.query_params.get_all(PARAMETER)
    opened = st.session_state.get(OPENED)
    if not given or (opened and opened[1] == given and opened[0] != screen):
        leave()  # on to another screen, which the link came along to
        return ""
    if opened and opened[1] == given:
        _put_back(held.link())
        return ""
    try:
        if len(given) > 1:
            raise BadLesson("The address holds several lesson links: open one of them.")
        lesson = LessonLink.from_address(given[0])
        check(lesson)
    except LabError as error:
        leave()
        return str(error)
    return _open(lesson, given, screen)


def stands() -> dict[str, list[str]]:
    """What the address says of a screen, the lesson left out."""
    known = (name for name in st.query_params if name in KINDS and name != PARAMETER)
    return {name: st.query_params.get_all(name) for name in known}


def leave() -> None:
    """No lesson is held any more."""
    st.query_params.pop(PARAMETER, None)
    for key in (OPENED, held.HELD):
        st.session_state.pop(key, None)


def check(lesson: LessonLink) -> None:
    """Raises BadLesson: a screen that is not here, a parameter or a control it does not have, or a
    value that the parameter cannot have."""
    if lesson.screen not in SCREENS:
        raise BadLesson(
            f"The lesson is about a screen that this lab does not have: {lesson.screen}."
        )
    for name, values in lesson.state.items():
        if name not in KINDS or name in NOT_OF_A_LESSON:
            raise BadLesson(f"The lesson sets {name!r}, which no screen of this lab has.")
        if not KINDS[name].reads(values):
            raise BadLesson(f"The lesson sets {name!r} to what it cannot be: make the link anew.")
    for name in lesson.fixed:
        if name in NOT_OF_A_LESSON or not (name in KINDS or name.startswith(begins(lesson.screen))):
            raise BadLesson(f"The lesson holds {name!r}, which its screen does not have.")


def _open(lesson: LessonLink, given: list[str], screen: str) -> Never:
    """Begin the screen anew: what it shows is what the link says, and beside that what the address
    does, where it is free."""
    came = stands() if screen == lesson.screen else {}
    free = {n: v for n, v in came.items() if n not in lesson.fixed and KINDS[n].reads(v)}
    wrong = [n for n, v in came.items() if n in lesson.fixed and not _same(v, lesson.state.get(n))]
    for key in [key for key in st.session_state if _belongs(str(key), lesson.screen)]:
        del st.session_state[key]
    st.session_state[OPENED] = (lesson.screen, given)
    st.session_state[held.HELD] = lesson
    st.session_state[SAID] = wrong
    said = {name: list(values) for name, values in lesson.state.items()} | free
    said[PARAMETER] = given
    held.lay(said)
    if screen == lesson.screen:
        st.rerun()
    st.switch_page(f"pages/{lesson.screen}.py", query_params=said)


def _belongs(key: str, screen: str) -> bool:
    """Whether the session keeps it for a screen."""
    of_text = (corpus_choice.LAST, corpus_choice.WRITTEN)
    return key.startswith(begins(screen)) or key in (*of_text, address.LEFT)


def _put_back(lesson: LessonLink) -> None:
    """Say what in the address is not as the lesson has it, and put it back."""
    wrong = st.session_state.pop(SAID, [])
    for name in lesson.fixed:
        came = st.query_params.get_all(name)
        if came and not _same(came, lesson.state.get(name)):
            wrong.append(name)
            with suppress(StreamlitAPIException):  # a widget is bound to it, and puts it back
                if said := lesson.state.get(name):
                    st.query_params[name] = list(said)
                else:
                    del st.query_params[name]
    if wrong:
        words = ", ".join(sorted(set(wrong)))
        st.toast(f"The lesson keeps this as it was, and it was put back: {words}.", duration="long")


def _same(came: "Sequence[str]", said: "Sequence[str] | None") -> bool:
    """Whether two say the same, also where a number is written in another way, or choices stand in
    another order."""
    if said is None:
        return False
    try:
        return [float(one) for one in came] == [float(one) for one in said]
    except ValueError:
        return sorted(came) == sorted(said)
