"""Giving a lesson away: its address, its code, and a page to print."""

from urllib.parse import urlencode

import streamlit as st

from lm_core.lessons.link import PARAMETER, LessonLink
from pages._ui.shared import class_address, language
from pages._ui.shared.paper import printed

LONGEST = 2000  # characters of an address that a telephone still reads from a screen
TOO_LONG = (
    "This link is too long for a code that a telephone can read: give it as it stands, or shorten "
    "its words."
)


def address_of(lesson: LessonLink) -> str:
    """The whole link, as others reach this lab.

    Raises:
        LabError: it holds too much.
    """
    url = st.context.url or ""
    here = (class_address.for_others(url) or url).rpartition("/")[0]
    screen = "" if lesson.screen == "home" else lesson.screen
    return f"{here}/{screen}?{urlencode({PARAMETER: lesson.to_address()})}"


def give(lesson: LessonLink, address: str) -> None:
    """The link to copy, its code, and the worksheet."""
    st.code(address, language=None, wrap_lines=True)
    if class_address.for_others(st.context.url or "") is None:
        st.info(class_address.ALONE.format(then="open this again"))
    code = ""
    if len(address) <= LONGEST:
        code = class_address.code(address).svg_data_uri(scale=5, light="white")
        st.html(f'<img src="{code}" alt="QR code of the lesson link" style="max-width:18rem">')
    else:
        st.caption(TOO_LONG)
    st.link_button("Try it in a new tab", address, key="lesson_builder-try")
    title = st.text_input(
        "Title of the worksheet", "Language Model Lab", max_chars=80, key="lesson_builder-title"
    )
    from lm_core.lessons.worksheet import worksheet

    named = title.strip() or "Language Model Lab"
    st.download_button(
        "Worksheet to print",
        printed(worksheet(lesson, title=named, address=address, code=code), language.known()),
        file_name="worksheet.html",
        mime="text/html",
        key="lesson_builder-worksheet",
        on_click="ignore",
    )
