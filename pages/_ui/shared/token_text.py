"""A text on the screen whose tokens can be pressed: spans of one small component, since no
widget of Streamlit's stands within a line. Words of others reach it as data and are set as text,
never read as markup.

One of the tokens takes part in the order of the Tab key; arrows, Home and End lead to the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import streamlit as st

from lm_core.charts import words
from lm_core.charts.colour_text import STEPS, as_shown, step_of
from lm_core.visible import visible

_SHADES = "\n".join(
    f".step{step} {{background: {fill}; border-bottom: {line}}}"
    for step, (_, fill, line) in enumerate(STEPS)
)
_CSS = """
[role=group] {
  line-height: 2; overflow-wrap: anywhere; white-space: pre-wrap; color: var(--st-text-color);
  font: inherit; padding: 3px; unicode-bidi: plaintext;
}
.token {padding: 2px 0; border-radius: 4px; cursor: pointer}
.token:hover {box-shadow: 0 0 0 1px light-dark(#0072B2, #56B4E9)}
.token[aria-pressed=true] {box-shadow: 0 0 0 3px light-dark(#0072B2, #56B4E9)}
.token:focus-visible {outline: 2px solid light-dark(#0072B2, #56B4E9); outline-offset: 2px}
"""
_element = st.components.v2.component(
    "token_text",
    html='<div role="group"></div>',
    css=f"{_CSS}{_SHADES}",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Pressable:
    """A token of the text, made visible."""

    text: str
    said: str  # while it is pointed at: "probability 3 %"
    step: int  # which of STEPS colours it
    name: str  # to who cannot see it
    line_ends: bool = False
    before: str = ""  # what is read before it and is no token


def token_text(
    prompt: str,
    tokens: Sequence[str],
    shares: Sequence[float],
    *,
    picked: int | None,
    key: str,
    on_press: Callable[[int], None],
) -> None:
    """The prompt plain, and each token coloured by the share (of 1) that the model gave it.

    Args:
        picked: which token is shown as pressed.
        on_press: called with the place of a token that was pressed, before the page is drawn.
    """
    shown = [
        Pressable(
            as_shown(token),
            f"probability {words.percent(share)}",
            step_of(share),
            f"{visible(token)}, {words.percent(share)}",
            "\n" in token,
        )
        for token, share in zip(tokens, shares, strict=True)
    ]
    label = "The text: press a token for what else was possible there"
    pressable_text(as_shown(prompt), shown, picked=picked, key=key, on_press=on_press, label=label)


def pressable_text(
    before: str,
    tokens: Sequence[Pressable],
    after: str = "",
    *,
    picked: int | None,
    key: str,
    on_press: Callable[[int], None],
    label: str,
) -> None:
    """A text of which each token is coloured and can be pressed; `picked` and `on_press` as above.

    Args:
        before, after: of the text what is no token, made visible.
        label: says to who cannot see it what the text is.
    """
    _element(
        key=key,
        data={
            "prompt": before,
            "after": after,
            "picked": picked,
            "label": label,
            "tokens": [list(astuple(token)) for token in tokens],
        },
        on_pressed_change=lambda: on_press(st.session_state[key]["pressed"]),
    )
