"""The prompt under the eyes of the model that writes it on: each token by its probability."""

from math import exp

import streamlit as st

from pages._ui.reading import figures
from pages._ui.reading.eyes import Seen, seen
from pages._ui.shared import models
from pages._ui.shared.plain import plain

KEPT = 2000  # characters that a link takes along


def panel(choice: models.Choice, prompt: str) -> None:
    """Its tokens in colour, what they cost, and what could not be read."""
    from lm_core.charts.colour_text import token_legend
    from lm_core.errors import BadText

    if not prompt:
        st.caption("There is no prompt: it began by itself, and nothing was there to be scored.")
        return
    try:
        found = seen(choice, prompt)
    except BadText as error:
        st.caption(plain(error))
        return
    st.html(coloured(found))
    st.html(token_legend())
    figures.figures("The prompt", choice, found)
    every = models.that_read()
    here = [one.folder for one in every].index(choice.folder)
    query = {"reading-model": models.labels(every)[here], "reading-text": prompt[:KEPT]}
    st.page_link("pages/reading.py", label="Read it token by token →", query_params=query)


def coloured(found: Seen) -> str:
    """Safe HTML: every token as it stands in the text; plain are the first, which nothing stands
    before, and what was not read."""
    from lm_core.charts.colour_text import token_spans

    shown: list[tuple[str, float | None]] = [(found.piece((0, found.first[1])), None)]
    end = found.first[1]
    for (low, high), nats in zip(found.spans, found.reading.nats.tolist(), strict=True):
        if low > end:
            shown.append((found.piece((end, low)), None))
        shown.append((found.piece((low, high)), exp(-nats)))
        end = max(end, high)
    shown.append((found.piece((end, len(found.text.encode("utf-8", "replace")))), None))
    tokens, shares = zip(*shown, strict=True)
    return token_spans(tokens, shares)
