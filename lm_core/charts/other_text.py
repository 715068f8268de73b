"""Models on texts: the one they learned from and another, in bits per character."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import pandas as pd

from lm_core.charts import words
from lm_core.charts.bars import horizontal_bars
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, GREY

TITLE = "On its own text and on another"
X = "bits per character"


@dataclass(frozen=True)
class OnText:
    """One model on one text."""

    model: str
    text: str
    own: bool  # it learned from the rest of this text
    nats_per_token: float
    bits_per_character: float | None  # None: too little of the text is told by its tokens
    unread: float  # share (of 1) of the characters that its tokens do not tell
    unknown: float  # share (of 1) of its tokens that stand for any word it never learned


def on_texts(rows: Sequence[OnText]) -> Chart:
    """A bar for each; where there are no bits a gap that says so."""
    bits = [float("nan") if r.bits_per_character is None else r.bits_per_character for r in rows]
    labels = words.numbered_apart([f"{row.model} on {row.text}" for row in rows])
    figure = horizontal_bars(
        [f"{row.model}: {'its own text' if row.own else 'the other'}" for row in rows],
        bits,
        [f"{one:.3f}" if isfinite(one) else "withheld" for one in bits],
        title=TITLE,
        x=f"{X}, lower is better",
        colors=[GREY if row.own else BLUE for row in rows],
        label_width=28,
    )
    table = pd.DataFrame(
        {
            "model": [row.model for row in rows],
            "text": [row.text for row in rows],
            "learned from the rest of it": [row.own for row in rows],
            "nats per token": [row.nats_per_token for row in rows],
            X: bits,
            "characters not read (share of 1)": [row.unread for row in rows],
            "unknown tokens (share of 1)": [row.unknown for row in rows],
        }
    )
    if not rows:
        return Chart(TITLE, figure, f"{TITLE}, still empty: nothing was scored.", table)
    said = [
        f"{label} {f'{one:.3f} {X}' if isfinite(one) else 'has no bits per character'}"
        for label, one in zip(labels, bits, strict=True)
    ]
    return Chart(TITLE, figure, f"{TITLE}: {'; '.join(said)}.", table)
