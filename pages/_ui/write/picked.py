"""A written token that was pressed: what else was possible there, and how likely it was.

Which token it is stands in the address alone (counted from 1), so that a link shows it too and Back
leads out of it.
"""

import streamlit as st

from lm_core.visible import visible
from pages._ui.shared import address
from pages._ui.shared.show import data_of, show_chart
from pages._ui.write import writing
from pages._ui.write.controls import said

NAME, PRESSED = "generate_text-token", "generate_text-pressed"
TITLE = "What else was possible"
PLACES = 8


def place(draft: writing.Draft) -> int | None:
    """Which of the written tokens is shown, from 0; None where it is what comes next."""
    said = address.get(NAME)
    return int(said) - 1 if said and int(said) <= len(draft.pieces) else None


def press(at: int) -> None:
    """Show this one; the one that is shown already is left by pressing it again."""
    said = str(at + 1)
    st.session_state[PRESSED] = True
    if address.get(NAME) == said:
        leave()
    else:
        st.query_params[NAME] = said


def leave() -> None:
    """Back to what comes next."""
    st.query_params.pop(NAME, None)


def show_bars(draft: writing.Draft, at: int) -> None:
    """What else was possible, in the room of the bars of what comes next."""
    from lm_core.charts.drawn_bars import Possible, drawn_bars

    token_text = draft.checkpoint.tokenizer.token_text
    found, by_hand = draft.possible(at, PLACES), draft.samplers[at] is None
    chosen = None if by_hand else [one.id for one in found].index(draft.writer.written[at])
    possible = [Possible(token_text(one.id), one.own, one.probability) for one in found]
    chart = drawn_bars(possible, chosen, title=TITLE, places=PLACES)
    show_chart(chart, key="generate_text-drawn", table=False)
    with st.container(horizontal=True):
        data_of(chart, key="generate_text-drawn")
        st.button("What comes next", type="tertiary", key="generate_text-leave", on_click=leave)


def says(draft: writing.Draft, at: int) -> str:
    """How likely the model alone held it, and how it came to be drawn."""
    from lm_core.charts.words import count, percent

    writer = draft.writer
    logits, id = writer.logits_at(at), writer.written[at]
    rank = int((logits > logits[id]).sum()) + 1
    guess = "its first guess" if rank == 1 else f"its guess number {rank:,}"
    (drawn,) = (one for one in draft.possible(at, PLACES) if one.id == id)
    seen, all = len(writer.seen_at(at)), len(writer.prompt) + at
    past = f"the last {seen:,} of {all:,} tokens" if seen < all else count(seen, "token")
    sampler, chance = draft.samplers[at], percent(drawn.probability)
    drew = f"at {said(sampler)} it had {chance} in the draw" if sampler else "chosen by hand"
    return (
        f"Token {at + 1}, “{_token(draft, at)}”: after {past} the model alone gave it "
        f"{percent(drawn.own)} ({guess} of {len(logits):,}); {drew}."
    )


def _token(draft: writing.Draft, at: int) -> str:
    return visible(draft.checkpoint.tokenizer.token_text(draft.writer.written[at]))
