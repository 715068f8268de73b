"""A page of nothing but words that are made to be misread, wherever a page can show words.

Each text is in two kinds of elements, the next in two others; with `?whole=true` each is in all,
and more signs are thrown together.
"""

import random
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from lm_core.charts.stack import Axis, Part, Reading, stack
from lm_core.visible import readable
from pages._ui.shared import matrices
from pages._ui.shared.plain import plain, safe
from pages._ui.shared.token_text import token_text
from tests.pages.foreign import TEXTS, TITLE

SIGNS = [*":$*_`~<>[]{}()#+-=|!&\\.@/ ab1", "www", "http", "\n", "material", "smile", "red"]


RIGHT_TO_LEFT = ("שלום", "سلام", "אבג דהו!")
LINES = [f"{text} 12, and so it ends" for text in RIGHT_TO_LEFT]


def drawn(*, whole: bool) -> list[str]:
    """Signs thrown together, always the same."""
    draw = random.Random(0)
    return ["".join(draw.choices(SIGNS, k=12)) for _ in range(150 if whole else 30)]


def pictures() -> None:
    """What a browser draws by itself: plotly, Vega, a table, a canvas of ours; and a text whose
    tokens can be pressed."""
    figure = go.Figure(go.Scatter(x=[1, 2, 3], y=[1, 2, 3], mode="text", text=LINES))
    with st.container(key="rtl-plotly"):
        st.plotly_chart(figure)
    with st.container(key="rtl-table"):
        st.dataframe({"a": LINES})
    words = {"mark": {"type": "text", "align": "left"}, "encoding": {}}
    words["encoding"]["y"] = words["encoding"]["text"] = {"field": "line", "type": "nominal"}
    with st.container(key="rtl-vega"):
        st.vega_lite_chart(pd.DataFrame({"line": LINES}), words)
    part, names = Part("t", "a", 0, lambda: None), Axis("line", LINES)
    drawn = stack(
        np.zeros((1, 1, len(LINES), 1)),
        name="lines",
        down=Axis("", [""]),
        along=Axis("", [""]),
        rows=names,
        columns=Axis("column", ["c"]),
        titles=[f"Title of {LINES[0]}"],
        says=["says"],
        spans=[(0, 1)],
        reading=Reading("{row} has {value}"),
        whole=part,
        one=lambda a, b: part,
    )
    matrices.hold(drawn, key="rtl-held")
    matrices.one_large(drawn, (0, 0), cell=None, key="rtl-stack", height=300, on_press=print)
    tokens = [*RIGHT_TO_LEFT[2], " 12", " ends"]
    shares = [0.1] * len(tokens)
    token_text("", tokens, shares, picked=None, key="rtl-tokens", on_press=print)


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
            st.markdown(plain(f"It says {text} 12, then {text} 34 ends"))  # a sentence of ours
            st.caption(f"“{plain(text)}” 12 ends")
            st.html(f"<p>{safe(text)} 12, {safe(text)} 34 ends</p>")
            st.button(f"{plain(text)} 12 ends", key=f"rtl-{text}")
            st.pills(text, [f"{plain(text)} 12 ends"], key=f"rtl-pill-{text}")
    with st.container(key="drawn-right-to-left"):
        pictures()
    st.text("The end of the page")
