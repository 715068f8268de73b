"""Beam search on the screen: its tree, and the texts that it found."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import beams, models
from pages._ui.shared.show import show_chart
from pages._ui.translate import drafts

if TYPE_CHECKING:
    from lm_core.charts.beam_tree import Twig

WIDEST = 5  # beams, so that a tree can still be read


@dataclass(frozen=True)
class Found:
    """The texts of a search with their scores, the best first, and its tree."""

    texts: list[tuple[str, float, bool]]  # text, score, whether it ended
    steps: "list[list[Twig]]"


def panel(choice: models.Choice, every: list[models.Choice], text: str) -> None:
    """Width and length penalty, the tree, and what was found."""
    from lm_core.charts.beam_tree import beam_tree

    st.header("Look further than one token: beam search")
    st.write(
        "The likeliest token now may lead to an unlikely sentence. A beam search keeps the W "
        "likeliest beginnings, lengthens each by every token, and keeps the W likeliest again."
    )
    st.latex(r"\text{score}(y) = \frac{\ln p(y \mid x)}{\text{length}(y)^{\alpha}}")
    left, right = st.columns(2)
    width = left.slider(
        "Beams W",
        1,
        WIDEST,
        3,
        key="translate-width",
        bind="query-params",
        help="Beginnings that are kept at each step. 1 is greedy: the likeliest token each time.",
    )
    penalty = right.slider(
        "Length penalty α",
        0.0,
        2.0,
        1.0,
        0.1,
        key="translate-penalty",
        bind="query-params",
        help="0 compares sums, which prefers short texts; 1 compares means over tokens.",
    )
    found = search(choice, text, int(width), float(penalty))
    st.html(beams.listed(found.texts))
    dark = st.context.theme.type == "dark"
    show_chart(beam_tree(found.steps, width=int(width), root=text, dark=dark), key="translate-tree")
    st.caption(
        "Each box: a token that competed and its probability after what stands above it. Dropped "
        "ones beyond five in a row are in the table alone."
    )


def search(choice: models.Choice, text: str, width: int, penalty: float) -> Found:
    """Everything the search looked at; remembered. Raises as `drafts.begin`."""
    return _search(str(choice.folder), models.stamp(choice), text, width, penalty, choice)


@st.cache_data(max_entries=64, show_spinner=False)
def _search(
    folder: str, stamp: float, text: str, width: int, penalty: float, _choice: models.Choice
) -> Found:
    from lm_core.generation.translating import Search

    checkpoint = models.load(_choice)
    target = checkpoint.codec.target
    found = Search(
        checkpoint.model,
        [drafts.ids_of(checkpoint, text)],
        boundary_id=target.boundary_id,
        max_tokens=drafts.room(checkpoint),
        beam=width,
        length_penalty=penalty,
        aligned=False,
    )
    while not found.done:
        found.step()
    texts = [(target.decode(one.ids), one.score, one.ended) for one in found.translations(0)]
    best = found.translations(0)[0]
    path = [*best.ids, target.boundary_id] if best.ended else best.ids
    return Found(texts, beams.tree(found.beams[0], path, target.token_text))
