"""The models that keep a state, a text as one of them reads it, and text that was kept from it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared import models

if TYPE_CHECKING:
    from torch import Tensor

    from lm_core.checkpoints import Checkpoint
    from lm_core.inspection.gates import Gates

LONGEST = 500  # tokens that are looked at
MOST_UNITS = 512  # that are drawn

# What a gate is called, its letter in the equations, and what it does.
CALLED = {
    "input": ("Input gate", "i", "how much of the candidate is written into the memory"),
    "forget": ("Forget gate", "f", "how much of the memory is kept: 1 keeps all, 0 forgets it"),
    "candidate": ("Candidate", "g", "what could be written, between -1 and 1"),
    "output": ("Output gate", "o", "how much of the memory is shown"),
    "reset": ("Reset gate", "r", "how much of the old state the candidate may see"),
    "update": ("Update gate", "z", "how much of the old state is kept: 1 keeps all"),
    "cell": ("Cell state", "c", "the memory itself, which goes on from token to token"),
    "hidden": ("Hidden state", "h", "what the layer shows, and what goes to the next token"),
}
ONE_SIDED = ("input", "forget", "output", "reset", "update")


@dataclass(frozen=True, eq=False)
class Reading:
    """A text and what was recorded over it."""

    ids: "Tensor"
    tokens: list[str]
    gates: "Gates"
    dropped: int  # tokens at the front that are left out


def with_memory() -> list[models.Choice]:
    """Models that keep a state from token to token, those that ship first."""
    from lm_core.models import models as families
    from lm_core.models.recurrent import Recurrent

    return [
        choice
        for choice in models.shipped() + models.own()
        if choice.of_tokens and issubclass(families[choice.family].build, Recurrent)
    ]


def read(choice: models.Choice, checkpoint: "Checkpoint", text: str) -> Reading | None:
    """None where there is nothing to read.

    Raises:
        BadText: characters that the model does not know.
    """
    return _read(str(choice.folder), models.stamp(choice), text, checkpoint)


@st.cache_resource(max_entries=16, show_spinner=False)
def _read(folder: str, stamp: float, text: str, _checkpoint: "Checkpoint") -> Reading | None:
    from lm_core.inspection import text_ids
    from lm_core.inspection.gates import record_gates

    tokenizer = _checkpoint.tokenizer
    ids = text_ids(tokenizer, text, items=_checkpoint.items)
    if not text or not len(ids):
        return None
    kept = ids[-LONGEST:]
    tokens = [tokenizer.token_text(int(id)) for id in kept]
    return Reading(kept, tokens, record_gates(_checkpoint.model, kept), len(ids) - len(kept))


def corpus_of(choice: models.Choice) -> Any:
    """The text that a model learned.

    Raises:
        LabError: it is not here.
    """
    from lm_core.runs.prepare import load_text
    from lm_core.runs.spec import text_of

    return load_text(text_of(choice.card))


def kept_from(choice: models.Choice, tokens: int) -> "list[Tensor]":
    """Texts that it has not learned, about so many tokens in all: of a list items, each from its
    beginning to its end; of running text one piece from its middle.

    Raises:
        LabError: its text is not here.
    """
    from lm_core.encoded import encode_documents, glimpse

    corpus, saved = corpus_of(choice), models.load(choice)
    split = corpus.splits["validation"] or corpus.splits["train"]
    whole = encode_documents(split, saved.tokenizer, items=corpus.items, skip_unknown=True)
    part = glimpse(whole, tokens)
    if not corpus.items:
        return [part.ids]
    ends = [*part.starts[1:].tolist(), len(part.ids) - 1]
    return [
        part.ids[a : b + 1] for a, b in zip(part.starts.tolist(), ends, strict=True)
    ]  # from a boundary to the next
