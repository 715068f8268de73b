"""What the fields of the Attention screen begin with."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import models

if TYPE_CHECKING:
    from lm_core.checkpoints import Checkpoint

# The longest first: of whole words, of tokens that come again.
SENTENCES = (
    "We will build a new America, and a new world.",
    "The state of the Union is strong.",
    "We the people",
    "the people",
)
ITEMS = ("anastasia", "Anna", "anna")
MOST_LETTERS = 5000  # in a field
FURTHER = 12  # tokens that it writes on at a press
LOOKED_AT, LIKED = 50, 9  # pairs among which a source is chosen; tokens that it has, about


def offered(checkpoint: "Checkpoint") -> str:
    """A text to begin with: the first that the model knows the letters of and sees whole."""
    from lm_core.errors import BadText
    from lm_core.inspection import text_ids

    room = checkpoint.model.context_size
    for text in ITEMS if checkpoint.items else SENTENCES:
        try:
            ids = text_ids(checkpoint.tokenizer, text, items=checkpoint.items)
        except BadText:
            continue
        if room is None or len(ids) <= room:
            return text
    return ""


def offered_source(choice: models.Choice, checkpoint: "Checkpoint") -> str:
    """A source to begin with, of about LIKED tokens: one of those that its text keeps apart from
    what is learned, where that text is here."""
    codec, found = checkpoint.codec.source, []
    for text in _sources(choice.card.get("spec", {}).get("data", {})):
        if not codec.count_unknown(text):
            found.append((abs(len(codec.encode(text)) - LIKED), text))
    return min(found, default=(0, ""))[1]


@st.cache_data(max_entries=32, show_spinner="Reading the text …")
def _sources(data: dict) -> list[str]:
    """The first sources of the pairs that a run was scored on; none where they are not here."""
    from lm_core.corpora import is_at_hand
    from lm_core.errors import LabError
    from lm_core.runs.prepare import load_text
    from lm_core.runs.spec import CorpusSpec

    try:
        spec = CorpusSpec.from_dict(data)
        if spec.name != "own" and not is_at_hand(spec.name):
            return []
        pairs = load_text(spec).splits.get("validation", [])
    except LabError:
        return []
    return [source for source, _ in pairs[:LOOKED_AT]]


def offer(text: str, key: str) -> dict[str, str]:
    """What to give a field of this key so that it begins with `text`; one that was offered with
    another model, and not changed since, makes room for it."""
    before = f"{key}-offered"
    was = st.session_state.get(before)
    st.session_state[before] = text
    if key in st.session_state and text != was == st.session_state[key]:
        st.session_state[key] = text
        return {}  # what was set is not to be given twice
    return {"value": text}


def write_on(checkpoint: "Checkpoint", key: str) -> None:
    """Let the model write on, and put what it wrote into the field of this key: at most FURTHER
    tokens, to the end of a line or of an item. What it cannot read stays as it is."""
    from lm_core.errors import LabError
    from lm_core.generation import SamplerSettings
    from lm_core.generation.engine import write_text

    text = st.session_state.get(key) or ""
    try:
        (written,) = write_text(
            checkpoint.model,
            checkpoint.tokenizer,
            text,
            max_tokens=FURTHER,
            sampler=SamplerSettings(temperature=0.8),
            seed=len(text),  # another press writes other words
            items=checkpoint.items,
            stop=("\n",),
        )
    except LabError:
        return  # the page says why
    st.session_state[key] = written[:MOST_LETTERS]
