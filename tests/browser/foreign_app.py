"""A page of nothing but words that are made to be misread, wherever a page can show words.

Each text is in two kinds of elements, the next in two others; with `?whole=true` each is in all,
and more signs are thrown together.
"""

import random
import sys
from collections.abc import Callable
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from lm_core.visible import readable
from pages._ui.shared.plain import plain, safe
from tests.pages.foreign import TEXTS, TITLE

SIGNS = [*":$*_`~<>[]{}()#+-=|!&\\.@/ ab1", "www", "http", "\n", "material", "smile", "red"]


RIGHT_TO_LEFT = ("שלום", "سلام", "אבג דהו!")


def drawn(*, whole: bool) -> list[str]:
    """Signs thrown together, always the same."""
    draw = random.Random(0)
    return ["".join(draw.choices(SIGNS, k=12)) for _ in range(150 if whole else 30)]


def choice(widget: Callable) -> Callable[[str, str], None]:
    def show(text: str, key: str) -> None:
        widget(plain(text), [text], format_func=plain, key=f"{widget.__name__}-{key}")

    return show


# Every kind of element that reads Markdown: it is given a text, and a key of its own.
KINDS: list[Callable[[str, str], object]] = [
    lambda text, key: st.markdown(plain(text)),
    lambda text, key: st.caption(plain(text)),
    lambda text, key: st.error(plain(text)),
    lambda text, key: st.metric(plain(text), plain(text)),
    lambda text, key: st.button(plain(text), key=f"button-{key}"),
    lambda text, key: st.checkbox(plain(text), key=f"checkbox-{key}"),
    lambda text, key: st.progress(0.5, text=plain(text)),
    lambda text, key: st.expander(plain(text)),
    lambda text, key: st.popover(plain(text)),
    lambda text, key: st.page_link("https://localhost", label=plain(text)),
    *(choice(widget) for widget in (st.pills, st.segmented_control, st.radio)),
]


def kinds_of(place: int, *, whole: bool) -> list[Callable[[str, str], object]]:
    """Those that show the text at this place of the list."""
    return KINDS if whole else [KINDS[(place + k) % len(KINDS)] for k in (0, len(KINDS) // 2)]


if __name__ == "__main__":
    whole = "whole" in st.query_params
    for place, text in enumerate(TEXTS):
        with st.container(key=f"read-{place}"):
            for show in kinds_of(place, whole=whole):
                show(text, str(place))
        with st.container(key=f"bold-{place}"):
            st.markdown(f"It says “{plain(text)}” and **{plain(text)}**.")
        with st.container(key=f"html-{place}"):
            st.html(f"<p>{safe(text)}</p>")
        with st.container(key=f"text-{place}"):
            st.text(readable(text))
    for place, text in enumerate(drawn(whole=whole)):
        with st.container(key=f"drawn-{place}"):
            st.markdown(f"({plain(text)})")
    with st.container(key="help"):
        st.markdown("help", help=plain(TITLE))
    with st.container(key="options"):
        st.selectbox("options", [readable(text) for text in TEXTS])
    with st.container(key="right-to-left"):
        for text in RIGHT_TO_LEFT:
            st.markdown(f"{plain(text)} 12, {plain(text)} 34 ends")
            st.caption(f"“{plain(text)}” 12 ends")
            st.html(f"<p>{safe(text)} 12, {safe(text)} 34 ends</p>")
            st.button(f"{plain(text)} 12 ends", key=f"rtl-{text}")
            st.pills(text, [f"{plain(text)} 12 ends"], key=f"rtl-pill-{text}")
            st.dataframe({"a": [f"{readable(text)} 12 ends"]}, key=f"rtl-table-{text}")
    st.text("The end of the page")
