"""What becomes of a translation without the mask, without attention, without positions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.charts import words
from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table
from pages._ui.translate import beside, drafts, rungs

if TYPE_CHECKING:
    from lm_core.checkpoints import Checkpoint

PARTS = ("the mask", "attention", "positions")
NO_WISER = (
    "To see more makes it no wiser: it never learned to read what is to come, and those looks "
    "disturb the ones it learned."
)
BY_CHANCE = "It never learned to read what is to come: that this helps here is chance."


@dataclass(frozen=True)
class Masked:
    """The probability of each right token, with the mask of the decoder and without it; and of the
    likeliest tokens the text."""

    tokens: list[str]
    with_mask: list[float]
    without: list[float]
    says_with: str
    says_without: str


def panel(choice: models.Choice, every: list[models.Choice], text: str) -> None:
    """One part at a time is taken away."""
    st.header("What happens without …")
    part = st.pills(
        "Take away",
        PARTS,
        default=PARTS[0],
        required=True,
        key="translate-without",
        bind="query-params",
    )
    kin = rungs.kin(choice, every)
    {"the mask": mask, "attention": attention, "positions": positions}[part](choice, kin, text)


def mask(choice: models.Choice, kin: list[models.Choice], text: str) -> None:
    """A model that was trained with the mask, asked with it and without it."""
    from lm_core.charts.with_without import with_without

    masked = [one for one in kin if has_mask(one)]
    if not masked:
        st.info("None of these models has a mask: a recurrent writer cannot see what is to come.")
        return
    one = choice if choice in masked else masked[-1]
    right = st.session_state.get(beside.REFERENCE, "").strip() or beside.answer(one, text).text
    found = without_mask(one, text, right)
    st.write(
        "While it learns, the decoder is shown the whole right answer, and the mask hides from "
        "each token those after it. Here the trained model is asked for the same answer twice: as "
        "it learned, and with the mask taken away, so that each token also sees what is to come."
    )
    chart = with_without(
        found.tokens,
        found.with_mask,
        found.without,
        called=("With the mask", "Without the mask"),
        title="How likely it finds each right token",
    )
    show_chart(chart, key="translate-mask")
    st.markdown(
        f"The tokens it finds the likeliest, one after the other: with the mask "
        f"“{plain(found.says_with)}”, without “{plain(found.says_without)}”."
    )
    before, after = (sum(part) / len(part) for part in (found.with_mask, found.without))
    st.markdown(
        f"**What to notice:** on average it gives the right token {words.percent(before)} with the "
        f"mask and {words.percent(after)} without. {NO_WISER if after <= before else BY_CHANCE} "
        "A model that *learned* without the mask would copy each token from its own input, have "
        "almost no loss, and could write nothing, because there is no input to copy while one "
        "writes."
    )
    st.caption(f"Asked: {plain(one.label)}, for “{plain(right)}”.")


def has_mask(choice: models.Choice) -> bool:
    """Whether the family's answer can be asked without its mask."""
    from lm_core import inspection
    from lm_core.models import models as families

    return inspection.has_mask(families[choice.family].build)


def without_mask(choice: models.Choice, text: str, right: str) -> Masked:
    """Both ways of asking; remembered.

    Raises:
        BadText, ContextTooLong: the text, or what is right of it, cannot be read.
    """
    return _without_mask(str(choice.folder), models.stamp(choice), text, right, choice)


@st.cache_data(max_entries=64, show_spinner=False)
def _without_mask(
    folder: str, stamp: float, text: str, right: str, _choice: models.Choice
) -> Masked:
    from lm_core.inspection import forced

    checkpoint = models.load(_choice)
    target, ids = checkpoint.codec.target, _right_ids(checkpoint, right)
    source, end = drafts.ids_of(checkpoint, text), target.boundary_id
    found = [
        forced(checkpoint.model, source, ids, boundary_id=end, causal=causal)
        for causal in (True, False)
    ]
    return Masked(
        [target.token_text(id) for id in [*ids, end]],
        *(one.right for one in found),
        *(target.decode([id for id in one.likeliest if id != end]) for one in found),
    )


def _right_ids(checkpoint: "Checkpoint", right: str) -> list[int]:
    """What is right as tokens, as many as the model takes."""
    ids = checkpoint.codec.target.encode(right, skip_unknown=True).tolist()
    return ids[: drafts.room(checkpoint) - 1]


def attention(choice: models.Choice, kin: list[models.Choice], text: str) -> None:
    """The rungs of the ladder, by the length of what they had to write."""
    import pandas as pd

    st.write(
        "Without attention all of the sentence has to go through one vector, the last state of the "
        "reader: a long one no longer fits. With attention the writer looks back at each token."
    )
    rows = []
    for one in kin:
        said = beside.answer(one, text)
        row = {"model": one.label, "writes": said.trouble or said.text}
        rows.append(row | _by_length(one))
    show_table(pd.DataFrame(rows), key="translate-rungs")
    st.markdown(f"**What to notice:** {_without_attention(kin)}")
    st.caption(
        "Share right to the letter, of 1, on the texts kept for the test, by the words of what is "
        "right; off each model's card. A model of your own has none yet."
    )


def _without_attention(kin: list[models.Choice]) -> str:
    """What the cards say of it."""
    matches = {rungs.part_of(one): rungs.exact(one) for one in kin if rungs.is_shipped(one)}
    none, best = matches.get("No attention"), matches.get("Bahdanau attention")
    if none is None or best is None:
        return "there is no pair here of which one looks and the other does not."
    said = (
        f"of texts it never saw, the one without attention gets {words.percent(none)} right to the "
        f"letter, the one with Bahdanau's {words.percent(best)}. "
    )
    if best - none < 0.01:
        return said + (
            "These sentences are short, and one vector is enough for them. What attention gives "
            "shows in longer ones: train both on real sentences on the Train screen, for as long, "
            "and compare them here."
        )
    return said + "The longer the sentence, the more is lost on the way through one vector."


def _by_length(choice: models.Choice) -> dict[str, float]:
    """Off its card, where it says so."""
    scored = choice.card.get("metrics", {}).get("test", {})
    rows = scored.get("by_length") if isinstance(scored, dict) else None
    found = {}
    for row in rows if isinstance(rows, list) else []:
        match row:
            case {"shortest": int(low), "longest": int() | None as high, "exact match": float(p)}:
                found[words.span(low, high, "word")] = round(p, 3)
    return found


def positions(choice: models.Choice, kin: list[models.Choice], text: str) -> None:
    """A Transformer with positions and one without: the sentence, and its words turned round."""
    import pandas as pd

    pair = [one for one in kin if has_mask(one)]
    if not any(one.card["model"].get("position") == "none" for one in pair):
        st.info(
            "No model without positions learned these pairs: train an encoder-decoder with "
            "“Positions” set to none on the Train screen, and it stands here."
        )
        return
    turned = " ".join(reversed(text.split()))
    st.write(
        "Attention alone does not know where a token stands: it sees a bag of words. Here are the "
        "sentence and the same words backward, under a Transformer with positions and one without."
    )
    rows, blind = [], []
    for one in pair:
        said, other = beside.answer(one, text), beside.answer(one, turned)
        same = said.text == other.text
        if one.card["model"].get("position") == "none":
            blind.append(same)
        rows.append(
            {
                "model": one.label,
                "the sentence": said.trouble or said.text,
                "its words backward": other.trouble or other.text,
                "the same": "yes" if same else "no",
            }
        )
    show_table(pd.DataFrame(rows), key="translate-positions")
    said = "writes the same for both" if all(blind) else "writes something else for each here"
    st.markdown(
        f"**What to notice:** the one without positions {said}: its reader cannot tell the two "
        "apart. Its writer still knows what came before, because the mask shows each token a "
        "longer past than the one before it."
    )
    st.caption(f"Backward: {plain(turned)}")
