"""What can be said of a model family from its registry entry, its source and a blueprint."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from lm_core.registry import Entry
    from lm_core.settings import Settings

COUNTED_ON = "names"  # a family that counts is shown with what it counts here, in characters


@dataclass(frozen=True)
class About:
    """From the first lines of a family's file."""

    equation: str
    left_out: str


@dataclass(frozen=True)
class Size:
    """How large a model is. `of_vocabulary` are the parameters that grow with the vocabulary."""

    parts: list[tuple[str, int]]
    parameters: int
    of_vocabulary: int
    bytes: int


def about(entry: "Entry") -> About:
    """The equation (the indented lines) and what was left out on purpose, "" where not said."""
    left = re.search(r"Left out on purpose: (.+?)(?:\n\n|\Z)", entry.text, re.DOTALL)
    return About(entry.equation, " ".join(left[1].split()) if left else "")


@st.cache_data(max_entries=256, show_spinner=False)
def size(name: str, settings: dict, vocab_size: int) -> Size:
    """Exact, whatever the settings: nothing is allocated."""
    from lm_core.inspection.shapes import blueprint, memory_bytes, parameter_parts
    from lm_core.models import models

    chosen = models[name].settings.from_dict(settings)
    model = blueprint(name, chosen, vocab_size)
    one_more = blueprint(name, chosen, vocab_size + 1).n_parameters - model.n_parameters
    return Size(
        parts=parameter_parts(model),
        parameters=model.n_parameters,
        of_vocabulary=one_more * vocab_size,
        bytes=memory_bytes(model),
    )


@st.cache_data(max_entries=64, show_spinner="Counting the names …")
def counted(name: str, settings: dict) -> Size:
    """A counting family after it has read the training names."""
    from lm_core.corpora import load_corpus
    from lm_core.encoded import encode_documents
    from lm_core.inspection.shapes import memory_bytes, parameter_parts
    from lm_core.models import models
    from lm_core.tokenizers import tokenizers

    texts = load_corpus(COUNTED_ON).splits["train"]
    tokenizer = tokenizers["char"].build.train(texts, items=True)
    data = encode_documents(texts, tokenizer, items=True)
    entry = models[name]
    model = entry.build(entry.settings.from_dict(settings), tokenizer.vocab_size)
    model.fit(data.ids, data.starts)
    return Size(parameter_parts(model), model.n_parameters, 0, memory_bytes(model))


@st.cache_data(max_entries=64, show_spinner="Running it once …")
def shapes(name: str, settings: dict, vocab_size: int) -> list[tuple[str, tuple[int, ...]]]:
    """What the steps of a real run give, the first of several equal blocks only."""
    from lm_core.inspection.shapes import sample_shapes
    from lm_core.models import models

    found = sample_shapes(name, models[name].settings.from_dict(settings), vocab_size)
    return [(step, shape) for step, shape in found if not re.search(r"\.[1-9]\d*(\.|$)", step)]


def looks_back(entry: "Entry", settings: "Settings") -> str:
    """How far back a guess can depend on the text."""
    if entry.build.learns_by == "counting":
        order = getattr(settings, "order", None)
        return f"{order - 1} tokens" if order else "no fixed limit"
    with_context = entry.build.carries_state is False and hasattr(settings, "block_size")
    return f"{settings.block_size:,} tokens" if with_context else "no fixed limit"


def operations(parameters: int) -> str:
    """Estimated cost of one token: one multiplication and one addition a parameter."""
    from lm_core.charts.words import human

    return human(2 * parameters)
