"""Pieces of text with what excites a neuron behind their tokens, as safe HTML for `st.html`.

The deeper the blue, the more; the strongest token of a piece is underlined as well, which is the
cue that is not colour. Every token is escaped: the text may come from anyone.
"""

import html
import math
from collections.abc import Sequence

from lm_core.charts.colour_text import as_shown

MOST = 0.55  # of the background: the page's own text stays legible in front of it


def activation_spans(
    tokens: Sequence[str], values: Sequence[float], *, at: int, most: float
) -> str:
    """One `<div>` with a `<span>` a token; the value is the span's `title`.

    Args:
        tokens: the tokens' texts, in order.
        values: of each; 0 and below leaves it plain.
        at: which of them is underlined.
        most: the value with the deepest colour.
    """
    spans = []
    for i, (token, value) in enumerate(zip(tokens, values, strict=True)):
        share = min(1.0, max(0.0, value / most)) if most > 0 and math.isfinite(value) else 0.0
        look = "white-space:pre-wrap;border-radius:3px;padding:2px 0;"
        look += f"background:rgba(0,114,178,{share * MOST:.3f})" if share >= 0.005 else ""
        if i == at:
            look += ";border-bottom:3px solid #D55E00;font-weight:700"
        shown = html.escape(as_shown(token), quote=True)
        spans.append(f'<span title="{value:.3g}" style="{look}">{shown}</span>')
    return f'<div style="line-height:1.9;overflow-wrap:anywhere">{"".join(spans)}</div>'
