"""Text whose tokens are coloured by how likely the model found them, as safe HTML.

Every token is escaped: the text may come from anyone. Show it with `st.html`; in Markdown the
tokens themselves would be read as Markdown.
"""

import html
import math
from collections.abc import Sequence

from lm_core.charts import words
from lm_core.visible import apart, readable, visible

# Below each limit: the background behind the page's own text colour (thin enough for it to stay
# legible, light or dark), and the line below as a cue that is not colour.
STEPS = (
    (0.01, "rgba(213,94,0,0.38)", "2px solid #D55E00"),
    (0.05, "rgba(213,94,0,0.22)", "2px dotted #D55E00"),
    (0.20, "rgba(128,128,128,0.12)", "2px solid transparent"),
    (0.50, "rgba(0,158,115,0.14)", "2px solid transparent"),
    (float("inf"), "rgba(0,158,115,0.30)", "2px solid transparent"),
)
_SIGNS = {ord(blank): visible(blank) for blank in "\n\t"}  # shown also where the text runs on


def token_spans(
    tokens: Sequence[str], probabilities: Sequence[float | None], *, numbers: bool = False
) -> str:
    """One `<div>` with a `<span>` a token.

    Orange is a surprise (below 5 % dotted, below 1 % solid underline), green was expected; the
    probability is the span's `title`, and with `numbers` it stands beside the token: a .21.

    Args:
        tokens: the tokens' texts, in order.
        probabilities: of each given those before it; None, NaN or infinite leaves it plain.
        numbers: write the probability after each token.
    """
    spans = []
    for token, given in zip(tokens, probabilities, strict=True):
        p = float("nan") if given is None else float(given)
        text = visible(token) if numbers else as_shown(token)
        spans.append(_span(text, p, numbers) + ("<br>" if "\n" in token and not numbers else ""))
    return f'<div style="line-height:2;overflow-wrap:anywhere">{"".join(spans)}</div>'


def as_shown(token: str) -> str:
    """A token where the text runs on: as it is read, line ends and tabs with their signs."""
    return readable(token).translate(_SIGNS)


def step_of(p: float) -> int:
    """Which of STEPS a probability belongs to."""
    return next(step for step, (limit, _, _) in enumerate(STEPS) if p < limit)


def token_legend() -> str:
    """What the colours and lines mean, likeliest first, as HTML in the same look."""
    limits = [words.percent(limit) for limit, _, _ in STEPS[:-1]]
    names = [f"under {limits[0]}", *(f"from {limit}" for limit in limits)]
    return shade_legend("probability it gave", names)


def shade_legend(what: str, names: Sequence[str]) -> str:
    """What the colours mean of any number: `names` are of STEPS in their order, and are ours."""
    spans = [
        f'<span style="padding:1px 5px;border-radius:4px;background:{fill};border-bottom:{line};'
        f'white-space:nowrap">{name}</span>'
        for name, (_, fill, line) in zip(names, STEPS, strict=True)
    ]
    return (
        f'<div style="font-size:0.8rem;line-height:2;opacity:0.9">{what}: '
        f"{' '.join(reversed(spans))}</div>"
    )


def _span(text: str, p: float, numbers: bool) -> str:
    shown = html.escape(apart(text) if numbers else text, quote=True)
    gap = "margin-right:4px;" if numbers else ""
    if not math.isfinite(p):
        return f'<span style="white-space:pre-wrap;{gap}">{shown}</span>'
    _, fill, line = STEPS[step_of(p)]
    number = (
        f' <span class="ours" style="font-size:0.85em;opacity:0.9">{words.probability(p)}</span>'
        if numbers
        else ""
    )
    padding = "padding:2px 4px;" if numbers else "padding:2px 0;"
    return (
        f'<span title="probability {words.percent(p)}" style="white-space:pre-wrap;{gap}{padding}'
        f'border-radius:4px;background:{fill};border-bottom:{line}">{shown}{number}</span>'
    )
