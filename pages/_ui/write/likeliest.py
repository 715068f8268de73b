"""Beam search from the prompt: the likeliest continuations, and the tree of what competed."""

import streamlit as st

from pages._ui.shared import beams, models
from pages._ui.shared.show import show_chart

WIDEST, LONGEST = 5, 30  # beams, and tokens, so that a tree can still be read
FEW = 10


def panel(choice: models.Choice, prompt: str) -> None:
    """Width, length and penalty; what was found."""
    from lm_core.charts.beam_tree import beam_tree

    st.write(
        "Nothing is drawn here: a beam search keeps the W likeliest beginnings, lengthens each by "
        "every token, and keeps the W likeliest again. What is likeliest is not what is most like "
        "writing: longer beams begin to repeat themselves."
    )
    st.latex(r"\text{score}(y) = \frac{\ln p(y \mid \text{prompt})}{\text{length}(y)^{\alpha}}")
    one, two, three = st.columns(3)
    width = one.slider(
        "Beams W",
        1,
        WIDEST,
        3,
        key="generate_text-width",
        bind="query-params",
        help="Beginnings that are kept. 1 is greedy: the likeliest token each time.",
    )
    length = two.slider(
        "Beam length (tokens)",
        1,
        LONGEST,
        FEW,
        key="generate_text-beam_length",
        bind="query-params",
    )
    penalty = three.slider(
        "Length penalty α",
        0.0,
        2.0,
        1.0,
        0.1,
        key="generate_text-penalty",
        bind="query-params",
        help="0 compares sums, 1 means over tokens. It decides only where texts can end before "
        "the last step; running text has no end of its own.",
    )
    texts, steps = found(choice, prompt, int(width), int(length), float(penalty))
    st.html(beams.listed(texts))
    dark = st.context.theme.type == "dark"
    tree = beam_tree(steps, width=int(width), root=prompt, dark=dark)
    show_chart(tree, key="generate_text-beams")
    st.caption(
        "Each box: a token that competed and its probability after what stands above it. Dropped "
        "ones beyond five in a row are in the table alone."
    )


def found(
    choice: models.Choice, prompt: str, width: int, length: int, penalty: float
) -> tuple[list, list]:
    """The texts with their scores, and the steps of the tree; remembered. Raises as
    `writing.begin`."""
    return _found(str(choice.folder), models.stamp(choice), prompt, width, length, penalty, choice)


@st.cache_data(max_entries=32, show_spinner="Searching …")
def _found(
    folder: str,
    stamp: float,
    prompt: str,
    width: int,
    length: int,
    penalty: float,
    _choice: models.Choice,
) -> tuple[list, list]:
    from lm_core.generation.beam import Beams, search
    from lm_core.generation.engine import continuation, prompt_ids

    saved = models.load(_choice)
    tokenizer = saved.tokenizer
    one = Beams(width=width, most=length, length_penalty=penalty)
    search(saved.model, prompt_ids(tokenizer, prompt, items=False), one)
    texts = [
        (continuation(tokenizer, prompt, beam.ids), beam.score(penalty), True)
        for beam in one.closed
    ]
    return texts, beams.tree(one, one.closed[0].ids, tokenizer.token_text)
