"""A written token that was pressed: what else was possible there, and why it was likely or not.

Which token it is stands in the address alone (counted from 1), so that a link shows it too and Back
leads out of it.
"""

import streamlit as st

from lm_core.visible import visible
from pages._ui.shared import address, models
from pages._ui.shared.plain import plain
from pages._ui.shared.show import data_of, show_chart
from pages._ui.write import rests, writing
from pages._ui.write.controls import said

NAME, PRESSED = "generate_text-token", "generate_text-pressed"
TITLE = "What else was possible"
PLACES = 8
LOOKED_AT = 300  # characters of the text that the link to Attention takes along


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


def why(choice: models.Choice, draft: writing.Draft, at: int) -> None:
    """In words, and how far back the model had to look. Of a model that counts the counts say it
    (`why.py`)."""
    st.markdown(f"**Why this token?** {plain(_says(draft, at))}")
    if hasattr(draft.checkpoint.model, "explain"):
        return
    from lm_core.charts.reach import reach_bars
    from lm_core.inspection import reach

    writer, id = draft.writer, draft.writer.written[at]
    found = reach(draft.checkpoint.model, writer.seen_at(at), id)
    show_chart(reach_bars(found, _token(draft, at)), key="generate_text-reach")
    st.caption(
        "The same model, asked as if the text began later: where a longer past no longer changes "
        "the bar, the guess did not need it."
    )
    rests.panel(choice, draft, at)
    _attention(choice, draft, at)


def _says(draft: writing.Draft, at: int) -> str:
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


def _attention(choice: models.Choice, draft: writing.Draft, at: int) -> None:
    """Of a model that has it: the end of the text up to this token, on its own screen."""
    label = models.on_attention(choice)
    if label is None:
        return
    text = draft.prompt + "".join(draft.pieces[: at + 1])
    if len(text) > LOOKED_AT:  # from a word on
        text = text[-LOOKED_AT:].partition(" ")[2]
    query = {"attention-model": label, "attention-text": text}
    st.page_link("pages/attention.py", label="What it looked at →", query_params=query)
