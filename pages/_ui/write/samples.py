"""One prompt several times, each with a seed of its own."""

import streamlit as st

from pages._ui.shared import models
from pages._ui.write import written
from pages._ui.write.controls import Controls

MOST, FEW = 8, 3
LONGEST = 200  # tokens of each
ACROSS = 3
SEED = "generate_text-seed"
LAST = 2**31 - 1


def panel(choice: models.Choice, prompt: str, seed: int, how: Controls) -> None:
    """A card a sample, and a way to go on with it."""
    count = int(
        st.number_input(
            "Samples",
            2,
            MOST,
            FEW,
            key="generate_text-samples",
            bind="query-params",
            width=140,
            help="Seeds follow on that of the text above. The command line draws all from one.",
        )
    )
    length = min(how.length, LONGEST)
    seeds = [(seed + k) % (LAST + 1) for k in range(count)]
    for first in range(0, count, ACROSS):
        row = seeds[first : first + ACROSS]
        for column, one in zip(st.columns(ACROSS), row, strict=False):
            with column.container(border=True, height="stretch"):
                st.markdown(f"**Seed {one}**")
                st.html(written.at_once(choice, prompt, one, how.sampler, length, how.stop))
                st.button(
                    "Go on with it", key=f"generate_text-seed-{one}", on_click=_open, args=(one,)
                )
    if length < how.length:
        st.caption(f"Each has {LONGEST} tokens at most.")


def _open(seed: int) -> None:
    st.session_state[SEED] = seed
