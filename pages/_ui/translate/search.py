"""Beam search on the screen: its tree, and the texts that it found."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.plain import safe
from pages._ui.shared.show import show_chart
from pages._ui.translate import drafts

if TYPE_CHECKING:
    from lm_core.charts.beam_tree import Twig
    from lm_core.generation.beam import Beams
    from lm_core.generation.translating import Translation
    from lm_core.tokenizers import Tokenizer

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
    st.html(_listed(found))
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
    return Found(texts, tree(found.beams[0], found.translations(0)[0], target))


def tree(beams: "Beams", best: "Translation", target: "Tokenizer") -> "list[list[Twig]]":
    """The steps of a search as a chart wants them: each continuation below the one it grew from."""
    import math

    from lm_core.charts.beam_tree import Twig

    path = [*best.ids, target.boundary_id] if best.ended else best.ids
    steps: list[list[Twig]] = []
    grew: list[int | None] = [None]  # of each beam that is open, its place in the step before
    at: int | None = None  # where the best text stands in the step before
    for t, branches in enumerate(beams.steps):
        row, now = [], None
        for place, branch in enumerate(branches):
            parent = grew[branch.parent]
            on_path = t < len(path) and branch.id == path[t] and parent == at
            now = place if on_path else now
            row.append(
                Twig(
                    parent,
                    target.token_text(branch.id),
                    math.exp(branch.logprob),
                    branch.total,
                    branch.fate,
                    on_path,
                )
            )
        grew = [place for place, branch in enumerate(branches) if branch.fate == "open"]
        steps.append(row)
        at = -1 if now is None else now  # it ended before
    return steps


def _listed(found: Found) -> str:
    """Safe HTML: the texts that were found, the best first."""
    rows = "".join(
        f"<li>{'<b>' * (n == 0)}{safe(text) or '(nothing)'}{'</b>' * (n == 0)}"
        f' <span style="opacity:0.75">score {score:.3g}{"" if ended else ", cut off"}</span></li>'
        for n, (text, score, ended) in enumerate(found.texts)
    )
    return f'<ol style="overflow-wrap:anywhere;line-height:1.6;margin:0">{rows}</ol>'
