"""The text with its tokens coloured, one of them picked, and what the model expected there.

Which token it is stands in the address alone (counted from 1), for each of two models; without one
it is the token that surprised the model most, or the one beside what is picked under the other.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable, visible
from pages._ui.reading.eyes import Seen
from pages._ui.shared import address
from pages._ui.shared.everywhere import tall
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.token_text import Pressable, pressable_text

if TYPE_CHECKING:
    from lm_core.charts.token_measures import Measure

NAMES = ("reading-token", "reading-beside-token")  # in the address, of either model
OF = "reading-of"
HEIGHT = 240  # pixels of a text, which scrolls


def forget_of_another(*asked: object) -> None:
    """A place in one text is none in another: what was picked of either is left when that changes.

    Args:
        asked: what each of the two reads, and by which model.
    """
    before = st.session_state.get(OF, asked)
    st.session_state[OF] = asked
    for name, was, now in zip(NAMES, before, asked, strict=True):
        if was != now and not address.brought(name):
            st.query_params.pop(name, None)


def picked(found: Seen, which: int) -> int | None:
    """Which of its tokens the address names, from 0."""
    said = address.get(NAMES[which])
    return int(said) - 1 if said and int(said) <= len(found.tokens) else None


def hardest(found: Seen) -> int:
    """The token that surprised the model most."""
    return int(found.reading.nats.argmax())


def press(which: int, at: int, beside: int | None) -> None:
    """Show this token of one of the two, and this one of the other, or what is beside it."""
    st.query_params[NAMES[which]] = str(at + 1)
    if beside is None:
        st.query_params.pop(NAMES[1 - which], None)
    else:
        st.query_params[NAMES[1 - which]] = str(beside + 1)


def numbers(found: Seen, title: str) -> list[float]:
    """Of each token what it is coloured by."""
    reading = found.reading
    by = {"Rank": reading.rank, "Entropy": reading.entropy}
    return by.get(title, (-reading.nats).exp()).tolist()


def text(
    found: Seen,
    values: Sequence[float],
    measure: "Measure",
    *,
    at: int,
    key: str,
    on_press: Callable[[int], None],
) -> None:
    """The text itself, pressed at the token that is shown."""
    with st.container(height=tall(HEIGHT), border=False):
        pressable_text(
            *parts(found, values, measure),
            picked=at,
            key=key,
            on_press=on_press,
            label="Your text: press a token for what the model expected there",
        )


def parts(
    found: Seen, values: Sequence[float], measure: "Measure"
) -> tuple[str, list[Pressable], str]:
    """What stands before the first token that was guessed, the tokens, what stands behind them."""
    shown, end = [], found.first[1]
    for (low, high), token, value in zip(found.spans, found.tokens, values, strict=True):
        here = found.piece((low, high)) or token
        said = measure.said(value)
        name, before = f"{visible(here)}, {said}", readable(found.piece((end, low)))
        shown.append(
            Pressable(_as_read(here), said, measure.step(value), name, "\n" in here, before)
        )
        end = max(end, high)
    size = len(found.text.encode("utf-8", "replace"))
    begin = found.piece((0, found.first[1]))
    return readable(begin), shown, readable(found.piece((end, size)))


def _as_read(piece: str) -> str:
    from lm_core.charts.colour_text import as_shown

    return as_shown(piece)


def guesses(found: Seen, at: int, *, key: str) -> None:
    """The likeliest at one place, and the token that stands there."""
    from math import exp

    from lm_core.charts.guesses import guess_bars
    from lm_core.evaluation.reading import TOP

    reading = found.reading
    top, id = reading.top[at].tolist(), int(reading.ids[at])
    chart = guess_bars(
        found.top[at],
        [exp(-nats) for nats in reading.top_nats[at].tolist()],
        top.index(id) if id in top else None,
        true=found.tokens[at],
        share=exp(-float(reading.nats[at])),
        rank=int(reading.rank[at]),
        room=TOP + 1,
    )
    show_chart(chart, key=key)


def says(found: Seen, at: int) -> str:
    """One token in words: its rank, its probability, how unsure the model was."""
    from math import exp

    from lm_core.charts.words import human, nats, percent

    reading = found.reading
    rank, cost = int(reading.rank[at]), float(reading.nats[at])
    guess = "its first guess" if rank == 1 else f"its guess number {rank:,}"
    unsure = float(reading.entropy[at])
    return (
        f"Token {at + 1} of {len(found.tokens):,}, “{plain(visible(found.tokens[at]))}”: {guess}, "
        f"with a probability of {percent(exp(-cost))}, which is {nats(cost)} nats of surprise. "
        f"Before it the model was as unsure as among {human(exp(unsure))} equal choices (entropy "
        f"{nats(unsure)} nats)."
    )
