"""How large a vocabulary: fewer tokens in a text against more parameters in a model."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.show import show_chart
from pages._ui.tokenizers import learned

if TYPE_CHECKING:
    from lm_core.corpora import Corpus

FAMILY = "transformer"


def show(corpus: "Corpus", text: str, size: int) -> None:
    """The visitor's text under byte pairs of several sizes, and a small model that reads them."""
    from lm_core.charts.vocabulary import by_vocabulary
    from lm_core.charts.words import percent
    from lm_core.tokenizers.merging import smaller

    largest = learned.one(corpus, "bpe", learned.SIZES[-1])
    sizes = [257, *(s for s in learned.SIZES if s <= largest.vocab_size)]
    tokens = [len(smaller(largest, s).encode(text)) for s in sizes]
    parameters = [_parameters(s) for s in sizes]
    st.write(
        "Byte pairs of the chosen text, stopped early or late; at 257 every byte is a token. The "
        "slider above moves the mark."
    )
    left, right = st.columns(2, gap="medium")
    with left:
        what = "tokens of your text"
        chart = by_vocabulary(sizes, tokens, what, title="Tokens of your text", chosen=size)
        show_chart(chart, key="tokenizers-lengths")
    with right:
        called = "Parameters of a small Transformer"
        chart = by_vocabulary(sizes, parameters, "parameters", title=called, chosen=size)
        show_chart(chart, key="tokenizers-parameters")
    saved, grown = 1 - tokens[-1] / max(tokens[0], 1), parameters[-1] / parameters[0]
    st.markdown(
        f"**What to notice.** From {sizes[0]:,} to {sizes[-1]:,} tokens your text gets "
        f"{percent(saved)} shorter, so that a context holds more of it, and the model {grown:.1f} "
        "times as large: every token has a row of numbers where it is read, and one where it is "
        "guessed. Each doubling saves less than the one before. (The model is a Transformer as it "
        "is offered on Architectures, and nothing changes but its vocabulary.)"
    )


@st.cache_data(max_entries=32, show_spinner=False)
def _parameters(size: int) -> int:
    from lm_core.models.building import build_model

    return build_model(FAMILY, {}, size).n_parameters
