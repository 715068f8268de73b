"""How much of what was written is new: held against the text that the model learned."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable
from pages._ui.shared import models
from pages._ui.shared.plain import plain, safe
from pages._ui.shared.show import show_chart
from pages._ui.why import places
from pages._ui.write import writing

if TYPE_CHECKING:
    from lm_core.corpora import Corpus
    from lm_core.evaluation.novelty import Learned

KEPT = 2000  # tokens of text that was kept from it
MOST = 4_000_000  # tokens of the training text that are sorted: some seconds and 200 MB


def panel(choice: models.Choice, draft: writing.Draft) -> None:
    """The longest span that was copied, and the share of runs that were learned."""
    from lm_core.charts.novelty import known_lines
    from lm_core.charts.words import count
    from lm_core.evaluation.novelty import known_shares

    corpus = places.learned(choice)
    if corpus is None:
        st.info("The text that it learned is not on this machine, so nothing can be compared.")
        return
    if not draft.pieces:
        st.caption("Nothing is written yet.")
        return
    learned, kept = _looked_up(str(choice.folder), models.stamp(choice), choice, corpus)
    found = learned.longest_from(draft.writer.written)
    at, _, length = found.longest
    left, right = st.columns([2, 3])
    with left:
        if length:
            st.markdown(
                f"**Longest copied span: {count(length, 'token')}** of "
                f"{len(draft.pieces):,} written."
            )
            st.html(_marked(draft.pieces, at, length))
            _stands(choice, draft, at, length)
        else:
            st.markdown("No token of it stands in the text it learned.")
    with right:
        who = f"written by {choice.family_title}"
        show_chart(known_lines(known_shares(found), kept, who=who), key="generate_text-novelty")
        st.caption(
            "Of all runs of so many tokens, the share that stands word for word in the training "
            "text. People repeat each other, too: compare with the dashed line, text of the same "
            "kind that the model never read. Far above it the model copies."
        )
        if len(learned.ids) == MOST:
            st.caption(f"Of its text the first {MOST:,} tokens are looked through.")


def _marked(pieces: list[str], at: int, length: int) -> str:
    """Safe HTML: what was written, the span in it marked."""
    parts = pieces[:at], pieces[at : at + length], pieces[at + length :]
    before, span, after = (safe("".join(part)) for part in parts)
    mark = "background:rgba(0,114,178,0.18);border-radius:4px"
    return (
        '<div style="white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.6;max-height:16rem;'
        f'overflow-y:auto">{before}<b style="{mark}">{span}</b>{after}</div>'
    )


def _stands(choice: models.Choice, draft: writing.Draft, at: int, length: int) -> None:
    """Where in the training text the span is."""
    run = tuple(draft.writer.written[at : at + length])
    found = places.places(choice, run)
    if found:
        st.caption("In the text it learned it stands here:")
        st.html("".join(map(places.line, found[:3])))
    else:
        letters = readable(draft.checkpoint.tokenizer.decode(run))
        st.caption(f"No place shows “{plain(letters)}” as whole letters within one text.")


@st.cache_resource(max_entries=2, show_spinner="Sorting the text it learned …")
def _looked_up(
    folder: str, stamp: float, _choice: models.Choice, _corpus: "Corpus"
) -> "tuple[Learned, dict[int, float]]":
    """The training text, and the shares of text that was kept from the model."""
    from lm_core.encoded import encode_documents, glimpse
    from lm_core.evaluation.novelty import Learned, known_shares

    tokenizer, splits = models.load(_choice).tokenizer, _corpus.splits

    def ids(split: str):
        return encode_documents(splits[split], tokenizer, items=False, skip_unknown=True)

    learned = Learned(ids("train").ids[:MOST].numpy())
    if not any(splits.get("validation", [])):
        return learned, {}
    part = glimpse(ids("validation"), KEPT)
    return learned, known_shares(learned.longest_from(part.ids.numpy()))
