"""Two models beside each other: who knew better, token by token, and in all."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages._ui.reading.eyes import Seen
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart

MOST = 40  # bars


@dataclass(frozen=True)
class Beside:
    """The stretches of a text that end with a token of both models: of each what stands there, its
    surprise under either in nats, and of which guessed tokens of either it is made."""

    pieces: list[str]
    first: list[float]
    second: list[float]
    tokens: list[tuple[range, range]]


def beside(one: Seen, other: Seen) -> Beside | None:
    """None where they read the text in different forms, so that no place is the same."""
    from lm_core.evaluation.reading import stretches

    if one.text != other.text:
        return None
    parts = stretches([one.first, *one.spans], [other.first, *other.spans])
    found = Beside([], [], [], [])
    for a, b in parts:
        if a.start == 0 or b.start == 0 or not a or not b:
            continue  # of what begins a text nothing is guessed
        spans = [one.spans[k - 1] for k in a]
        piece = one.piece((spans[0][0], spans[-1][1]))
        found.pieces.append(piece or one.tokens[a.start - 1])
        found.first.append(_sum(one, a))
        found.second.append(_sum(other, b))
        found.tokens.append((range(a.start - 1, a.stop - 1), range(b.start - 1, b.stop - 1)))
    return found


def _sum(found: Seen, tokens: range) -> float:
    return float(found.reading.nats[tokens.start - 1 : tokens.stop - 1].double().sum())


def by_token(both: Beside, count: int) -> list[float]:
    """For each token of the first how many nats more its stretch costs the second; not a number
    where nothing is compared."""
    values = [float("nan")] * count
    for (tokens, _), a, b in zip(both.tokens, both.first, both.second, strict=True):
        for k in tokens:
            values[k] = b - a
    return values


def paid(gap: float) -> str:
    """In words, what the second of two models was more surprised by there."""
    from math import isnan

    from lm_core.charts.words import nats

    if isnan(gap):
        return "Nothing is compared here."
    return f"Here the second model pays {nats(abs(gap))} nats {'more' if gap >= 0 else 'less'}."


def elsewhere(both: Beside | None, at: int, *, which: int) -> int | None:
    """The token of the other one that begins the stretch in which token `at` of `which` stands."""
    of = (pair[:: -1 if which else 1] for pair in both.tokens) if both else ()
    return next((theirs.start for ours, theirs in of if at in ours), None)


def difference(labels: Sequence[str], families: Sequence[str], both: Beside) -> None:
    """The sums, and a bar a stretch where they differ most; `families` name them in short."""
    from math import isfinite

    from lm_core.charts.family_bins import token_difference
    from lm_core.charts.words import count, nats, numbered_apart

    one, other = labels
    if not both.pieces:
        st.caption("There is no place that both were asked about.")
        return
    a, b = sum(both.first), sum(both.second)
    gap = f"{nats(abs(b - a))} nats" if isfinite(b - a) else "without end"
    better = plain(one if a <= b else other)
    st.markdown(
        f"Over the {count(len(both.pieces), 'stretch', 'stretches')} that both were asked about: "
        f"**{nats(a)} nats** for {plain(one)}, **{nats(b)} nats** for {plain(other)}. The "
        f"difference is {gap}, for {better}."
    )
    finite = [k for k in range(len(both.pieces)) if isfinite(both.second[k] - both.first[k])]
    most = sorted(finite, key=lambda k: -abs(both.second[k] - both.first[k]))[:MOST]
    shown = sorted(most)
    short = numbered_apart(families)
    chart = token_difference(
        [both.pieces[k] for k in shown],
        {short[0]: [both.first[k] for k in shown], short[1]: [both.second[k] for k in shown]},
    )
    show_chart(chart, key="reading-difference")
    if len(shown) < len(both.pieces):
        st.caption(
            f"The {len(shown):,} of {len(both.pieces):,} where they differ most, in the order of "
            "the text. Stretches are tokens, or as many as it takes until both end at one place."
        )
