"""Before anything was trained: the curve of a model that ships, labelled as such."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.train.curves import loss_of
from pages._ui.train.live import ROOM

if TYPE_CHECKING:
    from pages._ui.shared.corpus_choice import CorpusChoice

READING = """## How to read the curve

**Run**: one training, from Start to its end.
**Step**: one look at a little text, one small correction.
**Evaluation**: now and then it guesses at text kept from it, and learns nothing there.

**Nats**: the unit of surprise. 0 is never surprised; 0.69 less, and it gives what really came
twice the probability.

**Training**: the text it learns from. **Validation**: text kept from it. When only training still
falls, it learns by heart.

**Guessing blindly**: every token as likely as any other. A token is what the text is cut into:
a character, a word or a piece of one."""


def example(corpus: "CorpusChoice", family: str, settings: dict[str, Any]) -> None:
    """The curve of the model of this kind of data that is nearest to what was chosen, and beside it
    how to read one; a sentence where none ships.

    Args:
        settings: of the model that was chosen, as a card has them.
    """
    import pandas as pd

    from lm_core.checkpoints import load_history

    st.html(ROOM)
    for choice in nearest_first(corpus, family, settings):
        history = load_history(choice.folder)
        if not history["points"]:
            continue
        curve, beside = st.columns([5, 3])  # as a run is shown, so that Start moves nothing
        with curve, st.container(border=True, height="stretch", gap="xsmall"):
            st.caption(f"An example that ships with the lab: {plain(choice.label)}")
            loss_of(
                pd.DataFrame(history["points"], columns=["step", "train_nats"]),
                pd.DataFrame(history["evaluations"], columns=["step", "nats"]),
                unit=_unit(str(choice.folder)),
                uniform_nats=_uniform(choice),
                key="train-shipped",
                live=False,
            )
        with beside, st.container(border=True, height="stretch"):
            st.markdown(READING)
        return
    st.info(
        "No model that learned from data of this kind ships with the lab, so there is no curve to "
        "show as an example: press Start, and that of your run appears here."
    )


def _uniform(choice: models.Choice) -> float | None:
    """The loss of who takes everything for equally likely; None where nothing is chosen among."""
    import math

    sizes = choice.card["sizes"]
    count = sizes.get("vocab_size") or (choice.task == "picture-class" and sizes.get("n_classes"))
    return math.log(count) if count else None


def nearest_first(
    corpus: "CorpusChoice", family: str, settings: dict[str, Any]
) -> list[models.Choice]:
    """The models that ship and learned from such data, those first that learned from a list where
    this is one, then those of the family, then those that are most like it."""

    def distance(choice: models.Choice) -> tuple[bool, bool, int]:
        said = choice.card["model"]
        unlike = sum(said.get(name) != value for name, value in settings.items())
        return choice.items != corpus.items, choice.family != family, unlike

    return sorted((c for c in models.shipped() if corpus.kind in c.kinds), key=distance)


@st.cache_data(max_entries=64, show_spinner=False)
def _unit(folder: str) -> str:
    """What the loss of a model that ships is counted in."""
    from pathlib import Path

    from lm_core.checkpoints import MOST_CODEC_BYTES, codec_file, read_meta, task_from
    from lm_core.codecs.loading import load_codec
    from lm_core.json_files import read_json

    at = Path(folder)
    return task_from(read_meta(at)).unit_of(load_codec(read_json(codec_file(at), MOST_CODEC_BYTES)))
