"""Embeddings and layers: the vectors that stand for tokens, and what each layer makes of a text."""

import streamlit as st

from pages._ui.layers import lens, neighbours, neurons, reading, token_map
from pages._ui.memory import reading as memory
from pages._ui.shared import front_door, models, session
from pages._ui.shared.show import show_source
from pages._ui.shared.switch import switch

MODEL, VIEW = "layers-model", "layers-view"
BIND = "query-params"
VIEWS = ("Map", "Neighbours", "Layer by layer", "Neurons")

front_door.enter()
st.title("Embeddings and layers")
st.write(
    "A model reads no letters: each token becomes a list of numbers, its embedding, and layer upon "
    "layer works on such lists until the last one says what comes next."
)
view = switch("What to look at", {name: name for name in VIEWS}, key=VIEW)


def chosen() -> models.Choice:
    """The model that is looked into."""
    choices = reading.with_vectors()
    return models.pick(choices, models.labels(choices), key=MODEL)


def without_layers(choice: models.Choice) -> None:
    """Where to look instead."""
    recurrent = memory.with_memory()
    called = dict(zip([one.folder for one in recurrent], models.labels(recurrent), strict=True))
    if choice.folder not in called:
        st.info(
            "This looks at the layers of a Transformer that guesses the next token: choose one."
        )
        return
    st.info(
        "This is a recurrent network: it has no stream that a head could read after each layer. "
        "What it keeps from token to token, unit by unit, and which units go along with something "
        "in the text, is shown by Memory."
    )
    query = {"memory-model": called[choice.folder]}
    if view == VIEWS[3]:
        query["memory-view"] = "Units that count"
    st.page_link("pages/memory.py", label="On to Memory →", query_params=query)


def code(choice: models.Choice) -> None:
    """The lesson that the model is part of."""
    from lm_core.models.plain import lesson

    family = type(models.load(choice).model.registered)
    if (plain_file := lesson(family)) is not None:
        show_source(plain_file, "The code: the whole model in one file")


def page() -> None:
    """The model, and the view of it."""
    from lm_core.inspection.logit_lens import has_lens

    choice = chosen()
    if view in VIEWS[:2]:
        table = reading.pick_table(choice)
        room = token_map.token_map if view == VIEWS[0] else neighbours.neighbours
        room(choice, table)
    elif not (choice.of_tokens and has_lens(models.load(choice).model)):
        without_layers(choice)
        return
    elif view == VIEWS[2]:
        lens.logit_lens(choice)
    else:
        neurons.neurons(choice)
    code(choice)


with session.mending():
    page()
