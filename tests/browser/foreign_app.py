"""A page of nothing but words that are made to be misread, wherever a page can show words."""

import random
import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from lm_core.visible import readable
from pages._ui.shared.plain import plain, safe
from tests.pages.foreign import TEXTS, TITLE

SIGNS = [*":$*_`~<>[]{}()#+-=|!&\\.@/ ab1", "www", "http", "\n", "material", "smile", "red"]
DRAWN = 150


def drawn() -> list[str]:
    """Signs thrown together, always the same."""
    draw = random.Random(0)
    return ["".join(draw.choices(SIGNS, k=12)) for _ in range(DRAWN)]


def everywhere(text: str, key: str) -> None:
    """One text in every kind of element that reads Markdown."""
    shown = plain(text)
    st.markdown(shown)
    st.caption(shown)
    st.error(shown)
    st.metric(shown, shown)
    st.button(shown, key=f"button-{key}")
    st.checkbox(shown, key=f"checkbox-{key}")
    st.progress(0.5, text=shown)
    st.expander(shown)
    st.popover(shown)
    st.page_link("https://localhost", label=shown)
    for widget in (st.pills, st.segmented_control, st.radio):
        widget(shown, [text], format_func=plain, key=f"{widget.__name__}-{key}")


if __name__ == "__main__":
    for place, text in enumerate(TEXTS):
        with st.container(key=f"read-{place}"):
            everywhere(text, str(place))
        with st.container(key=f"bold-{place}"):
            st.markdown(f"It says “{plain(text)}” and **{plain(text)}**.")
        with st.container(key=f"html-{place}"):
            st.html(f"<p>{safe(text)}</p>")
        with st.container(key=f"text-{place}"):
            st.text(readable(text))
    for place, text in enumerate(drawn()):
        with st.container(key=f"drawn-{place}"):
            st.markdown(f"({plain(text)})")
    with st.container(key="help"):
        st.markdown("help", help=plain(TITLE))
    with st.container(key="options"):
        st.selectbox("options", [readable(text) for text in TEXTS])
    st.text("The end of the page")
