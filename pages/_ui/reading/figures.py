"""The figures of a text under a model, and its tokens as a table."""

from collections.abc import Sequence
from math import exp
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.reading.eyes import Seen, unread
from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import pandas as pd

NATS = "Mean surprise: 0 is never surprised, and 0.69 less gives what really came twice the chance."
PERPLEXITY = (
    "e to the nats per token: as unsure as somebody who throws a fair die of so many sides. Only "
    "models that cut the text alike compare by it."
)
BITS = "The surprise of all tokens in bits, divided by the {} that were read: compares any two."


def figures(label: str, choice: models.Choice, found: Seen) -> None:
    """What it costs the model to read the text."""
    from lm_core.charts import words

    score = found.reading.score
    st.markdown(f"**{plain(label)}**")
    shown = {
        "Nats per token": (score.nats_per_token, NATS),
        "Perplexity": (score.perplexity, PERPLEXITY),
        "Bits per character": (score.bits_per_character, BITS.format("characters")),
        "Bits per byte": (score.bits_per_byte, BITS.format("bytes")),
    }
    with st.container(horizontal=True, gap="medium"):
        for name, (value, help) in shown.items():
            number = "withheld" if value is None else _number(value)
            st.metric(name, number, help=help, width="content")
    st.caption(
        f"{words.nats(score.nats)} nats in all, over {words.count(score.tokens, 'token')} that "
        f"were guessed: {_how(choice, found)}"
    )
    if said := unread(choice, found):
        st.info(plain(said))


def _number(value: float) -> str:
    return f"{value:,.3f}" if value < 1e6 else f"{value:.3g}"


def _how(choice: models.Choice, found: Seen) -> str:
    said = ["the end of each item among them." if choice.items else "all but the first."]
    size = found.context_size
    if not found.causal:
        said.append(
            "It sees both sides of a token, so its figures do not compare with those of a model "
            "that writes."
        )
    if size is not None and len(found.tokens) > size and not choice.items:
        said.append(
            f"It sees {size:,} tokens at most: the text is read in windows that overlap, so that "
            f"past the first each token has at least {size // 2:,} before it."
        )
    return " ".join(said)


def along(labels: Sequence[str], choices: Sequence[models.Choice], eyes: Sequence[Seen]) -> None:
    """Where in the text the surprise is."""
    from lm_core.charts.along import Along, surprise_along

    lines = [
        Along(
            label,
            choice.family,
            tuple(found.tokens),
            tuple(_characters(found)),
            tuple(found.reading.nats.tolist()),
        )
        for label, choice, found in zip(labels, choices, eyes, strict=True)
    ]
    chart = surprise_along(lines)
    show_chart(chart, key="reading-along")
    said = " Where the line falls, the text is easier for the model than before."
    if len({tuple(found.spans) for found in eyes}) > 1:
        said += (
            " The two cut the text otherwise, so what a token costs does not compare; bits per "
            "character do."
        )
    st.caption(plain(chart.alt) + said)


def _characters(found: Seen) -> list[int]:
    """Where each token ends, in characters."""
    from bisect import bisect_right

    from lm_core.tokenizers.tokenizer import byte_places

    places = byte_places(found.text)
    return [max(0, bisect_right(places, high) - 1) for _, high in found.spans]


def tokens_table(found: Seen) -> "pd.DataFrame":
    """A row a token."""
    import pandas as pd

    reading = found.reading
    return pd.DataFrame(
        {
            "token": found.tokens,
            "probability": (-reading.nats).exp().tolist(),
            "rank": reading.rank.tolist(),
            "surprise (nats)": reading.nats.tolist(),
            "entropy (nats)": reading.entropy.tolist(),
            "first guess": [row[0] for row in found.top],
            "its probability": [exp(-row[0]) for row in reading.top_nats.tolist()],
        }
    )


def in_numbers(label: str, found: Seen, *, key: str) -> None:
    """Every token as a row of a table, folded away."""
    panel = st.expander(
        f"Every token in numbers: {plain(label)}", key=f"{key}-open", on_change="rerun"
    )
    if panel.open:
        with panel:
            show_table(tokens_table(found).round(4), key=key, height=320)
