"""Pieces of text with what excites a neuron behind their tokens, as safe HTML for `st.html`.

The deeper the blue, the more; the strongest token of a piece is underlined as well, which is the
cue that is not colour. Every token is escaped: the text may come from anyone.
"""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from lm_core.charts.colour_text import as_shown
from lm_core.figures import significant

MOST = 0.55  # of the background: the page's own text stays legible in front of it


@dataclass(frozen=True)
class Piece:
    """Tokens around a place, in order, and what each does to the neuron."""

    tokens: Sequence[str]
    values: Sequence[float]  # of each; 0 and below leaves it plain
    at: int  # which of them the place is


def activation_texts(pieces: Sequence[Piece]) -> str:
    """A line for each piece: the value at its place, then its text; a token's value is its `title`.
    The largest value of all places has the deepest colour."""
    most = max((one.values[one.at] for one in pieces), default=0.0)
    lines = [
        '<div style="display:flex;gap:0.8rem;align-items:baseline">'
        f'<span style="flex:0 0 4rem;text-align:right;font-variant-numeric:tabular-nums">'
        f"{significant(one.values[one.at], 3)}</span>"
        f'<div style="overflow-wrap:anywhere;min-width:0">{_spans(one, most)}</div></div>'
        for one in pieces
    ]
    return f'<div style="line-height:2">{"".join(lines)}</div>'


def _spans(piece: Piece, most: float) -> str:
    spans = []
    for i, (token, value) in enumerate(zip(piece.tokens, piece.values, strict=True)):
        share = min(1.0, max(0.0, value / most)) if most > 0 and math.isfinite(value) else 0.0
        look = "white-space:pre-wrap;border-radius:3px;padding:2px 0"
        look += f";background:rgba(0,114,178,{share * MOST:.3f})" if share >= 0.005 else ""
        if i == piece.at:
            look += ";border-bottom:3px solid #D55E00;font-weight:700"
        shown = html.escape(as_shown(token), quote=True)
        spans.append(f'<span title="{value:.3g}" style="{look}">{shown}</span>')
    return "".join(spans)
