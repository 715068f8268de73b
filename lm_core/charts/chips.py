"""Tokens as chips with their ids, as safe HTML: each token is escaped, the text may come from
anyone. Show it with `st.html`; in Markdown the tokens themselves would be read as Markdown.

A chip has an edge and stands apart from the next; its colour is only there to find it again, and
the same id has the same colour. What was unknown says so with a dashed edge and a question mark.
"""

import html
from collections.abc import Sequence

from lm_core.charts import words
from lm_core.charts.theme import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION
from lm_core.visible import apart, visible

COLORS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
MOST = 300  # chips on a page; more say how many there are


def chips(
    tokens: Sequence[str],
    ids: Sequence[int],
    *,
    unread: Sequence[bool] = (),
    what: str = "Tokens",
    most: int = MOST,
) -> str:
    """One `<div>`, a list to a screen reader, with a chip a token.

    Args:
        tokens: the tokens' texts, in order.
        ids: of each.
        unread: of each whether it stands for something unknown; empty for none.
        what: names the list to who cannot see it.
        most: chips that are shown.
    """
    unknown = unread or [False] * len(tokens)
    rows = list(zip(tokens, ids, unknown, strict=True))
    shown = "".join(_chip(visible(token), id, strange) for token, id, strange in rows[:most])
    more = len(rows) - most
    rest = (
        f'<div style="opacity:0.9">and {words.count(more, "more token")}</div>' if more > 0 else ""
    )
    return (
        f'<div role="list" aria-label="{html.escape(what, quote=True)}" style="display:flex;'
        f'flex-wrap:wrap;gap:4px;overflow-wrap:anywhere">{shown}</div>{rest}'
    )


def _chip(text: str, id: int, strange: bool) -> str:
    color = COLORS[id % len(COLORS)]
    line = "dashed" if strange else "solid"
    mark = " ?" if strange else ""
    said = f"unknown, id {id}" if strange else f"id {id}"
    return (
        f'<span role="listitem" title="{said}" style="display:inline-flex;flex-direction:column;'
        f"align-items:center;padding:1px 6px;border-radius:6px;border:1px {line} {color};"
        f'background:{color}26;line-height:1.35;max-width:100%"><span style="white-space:pre-wrap">'
        f"{html.escape(apart(text), quote=True)}{mark}</span>"
        f'<span style="font-size:0.72rem;opacity:0.9">{id}</span></span>'
    )
