"""Numbers and labels as a person reads them: sensible digits, units, no two alike."""

import html
import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lm_core.figures import MISSING, count, percent, perplexity, significant
from lm_core.visible import visible

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MISSING", "bytes_size", "count", "duration", "escaped", "how_long", "human"]
__all__ += [
    "nats",
    "numbered_apart",
    "over_steps",
    "percent",
    "probability",
    "scores",
    "shorten",
    "span",
    "surprise",
    "unique_labels",
]

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_STEPS = ("", " k", " M", " G", " T")
_BYTES = (" B", " kB", " MB", " GB", " TB")


def human(value: float) -> str:
    """Three digits and a unit: 12345 -> "12.3 k", 1200000 -> "1.2 M", 0.01234 -> "0.0123"."""
    return _stepped(value, _STEPS)


def span(low: int, high: int | None, one: str) -> str:
    """From `low` to `high` of something, None being without end: "4 to 5 words"."""
    if low == high:
        return count(low, one)
    return f"{low:,} or more {one}s" if high is None else f"{low:,} to {high:,} {one}s"


def bytes_size(count: float) -> str:
    """Bytes in decimal units: 1115394 -> "1.12 MB"."""
    return _stepped(count, _BYTES)


def duration(seconds: float) -> str:
    """Minutes and seconds, or hours too: 84 -> "1:24", 3725 -> "1:02:05"."""
    if not math.isfinite(seconds):
        return MISSING
    sign, whole = "-" if round(seconds) < 0 else "", abs(round(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    clock = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{sign}{clock}:{whole % 60:02}"


def how_long(seconds: float) -> str:
    """Roughly, with its unit: 34.2 -> "34 s", 150 -> "2 min", 7300 -> "2 h"."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds // 60:.0f} min" if seconds < 7200 else f"{seconds // 3600:.0f} h"


def probability(p: float) -> str:
    """Two digits, short enough for a cell: 0.214 -> ".21", 0.997 -> "1.0", 0.001 -> ".00"."""
    if not math.isfinite(p):
        return MISSING
    text = f"{p:.2f}"
    return text.removeprefix("0") if p < 0.995 else text[:-1]


def nats(value: float) -> str:
    """A loss: three digits from 0.1 on, "1.52"; two below, "0.034"; whole from 1000 on."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else ("-∞" if value < 0 else "∞")
    if abs(value) >= 0.1:
        return f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
    return f"{value:.2g}" if value else "0"


def surprise(value: float, per: str) -> str:
    """A mean surprise as it stands wherever it stands large, in nats and in what all others speak:
    1.93, "character" -> "1.93 nats per character (perplexity 6.89)"."""
    return f"{nats(value)} nats per {per} (perplexity {nats(perplexity(value))})"


def scores(validation: float, test: float | None, per: str) -> str:
    """What a finished model comes to on both splits, of which test may not have been read yet:
    "1.93 nats per character (perplexity 6.89) on validation, 1.95 (7.03) on test"."""
    said = f"{surprise(validation, per)} on validation"
    return said if test is None else f"{said}, {nats(test)} ({nats(perplexity(test))}) on test"


def unique_labels(tokens: Sequence[str]) -> list[str]:
    """Visible labels of tokens, no two alike: the₁ ... the₂."""
    return numbered_apart([visible(token) for token in tokens])


def numbered_apart(labels: Sequence[str]) -> list[str]:
    """Labels, those that come more than once numbered: x, y, x -> x₁, y, x₂."""
    total = Counter(labels)
    taken = {label for label, n in total.items() if n == 1}
    seen: Counter[str] = Counter()
    apart = []
    for label in labels:
        unique = label
        while total[label] > 1:
            seen[label] += 1
            unique = label + str(seen[label]).translate(_SUBSCRIPTS)
            if unique not in taken:  # a text may itself hold "x₁"
                taken.add(unique)
                break
        apart.append(unique)
    return apart


def over_steps(
    title: str, unit: str, data: "pd.DataFrame", finite: "pd.DataFrame", one: str
) -> str:
    """A curve in a sentence: its first, last and highest `value` and their `step`.

    Args:
        data, finite: all of it, and what of it is a number, of which there is some.
        one: what a row comes from, an evaluation say.
    """
    first, last = finite.iloc[0], finite.iloc[-1]
    says = f"{title}: {human(first['value'])} at step {first['step']:,.0f}"
    if len(finite) > 1:
        high = finite.loc[finite["value"].idxmax()]
        says += f", {human(last['value'])} at step {last['step']:,.0f}, highest "
        says += f"{human(high['value'])} at step {high['step']:,.0f}"
    if len(finite) < len(data):
        says += f"; not a number at {count(len(data) - len(finite), one)}"
    return f"{says} ({unit})."


def escaped(label: str) -> str:
    """For plotly, which reads a few HTML tags (and links) in every text it draws."""
    return html.escape(label, quote=False)


def shorten(label: str, width: int = 14) -> str:
    """At most `width` characters, the middle left out: a tick label must not squeeze the chart."""
    if len(label) <= width:
        return label
    tail = (width - 1) // 3
    return f"{label[: width - 1 - tail]}…{label[len(label) - tail :]}"


def _stepped(value: float, units: tuple[str, ...]) -> str:
    if math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    step = 0
    while abs(value) >= 999.5 and step < len(units) - 1:  # 999.6 k reads 1 M, never 1000 k
        value, step = value / 1000, step + 1
    if abs(value) >= 1000:
        return f"{value:,.0f}{units[step]}"
    return significant(value, 3) + units[step]
