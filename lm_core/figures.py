"""Numbers in sentences, one way everywhere; `charts/words.py` has the rest for who may use it."""

import math
from datetime import datetime

MISSING = "n/a"
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)


def count(value: int, one: str, several: str | None = None) -> str:
    """1 -> "1 letter", 29910 -> "29,910 letters"."""
    return f"{value:,} {one if value == 1 else several or one + 's'}"


def moment(then: datetime) -> str:
    """A time of a day of a year: "3 March 2016, 14:05"."""
    return f"{then.day} {MONTHS[then.month - 1]} {then.year}, {then.hour}:{then.minute:02}"


def perplexity(nats: float) -> float:
    """e^nats of a mean surprise in nats; infinite where no float is large enough."""
    try:
        return math.exp(nats)
    except OverflowError:
        return math.inf


def percent(share: float) -> str:
    """A share of one as a percentage: 0.523 -> "52 %", 0.0123 -> "1.2 %".

    Only an exact nothing reads 0 %, and only an exact whole reads 100 %.
    """
    if not math.isfinite(share):
        return MISSING
    value = 100 * share
    if 0 < value < 0.01:
        return "< 0.01 %"
    if 99.9 < value < 100:
        return "> 99.9 %"
    if 99 < value < 100:
        return f"{value:.1f} %"
    return f"{significant(value, 2) if abs(value) < 100 else f'{value:.0f}'} %"


def significant(value: float, digits: int) -> str:
    """`digits` significant digits in plain notation, no trailing zeros: 21.04, 3 -> "21"."""
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    text = f"{rounded:.{max(0, places)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
