"""A run's model for others: a link that opens it on this server, and nothing else of the run."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from pages._ui.shared import class_address, given_models, session
from pages._ui.shared.choice import Choice, choice_of
from pages._ui.shared.plain import plain
from pages._ui.train.steering import act, trouble

if TYPE_CHECKING:
    from lm_core.runs.store import Run

PLACE = "train-share"


def sharing(run: "Run") -> None:
    """The link of a run's model, made and taken back with a button."""
    from lm_core.checkpoints import read_meta
    from lm_core.errors import BadCheckpoint

    store = session.manager().store
    folder = store.run_folder(run.id) / "checkpoint"
    try:
        screen = opens_on(choice_of(folder, read_meta(folder)))
    except BadCheckpoint:
        st.caption("There is no model yet: it is saved every few seconds and at the end.")
        return
    if not screen:
        st.caption("No screen opens a model of this kind from a link: give its model file.")
        return
    word = store.shares.word(run.id)
    if not word:
        st.markdown(f"Share the model of run {run.number}, “{plain(run.title)}”?")
        st.caption(
            "Whoever has the link can let it write and look inside. They see no curve, no name, no "
            "note, and no text of yours; but a model may repeat what it learned by heart."
        )
        if st.button("Make a link", key="train-share-give"):
            _ = act(run.id, store.shares.give, place=PLACE)
            st.rerun()
    else:
        st.code(address_of(word, screen), language=None, wrap_lines=True)
        st.caption("Whoever has this link can open the model on this server, and change nothing.")
        if st.button("Take it back", key="train-share-back"):
            _ = act(run.id, store.shares.take_back, place=PLACE)
            st.rerun()
    trouble(run.id, PLACE)


def opens_on(choice: Choice) -> str:
    """The screen that a link to a model leads to; "" where none can show it."""
    if choice.writes:
        return "generate_names" if choice.items else "generate_text"
    if choice.of_tokens:
        return "reading"
    return "attention" if choice.of_pairs and choice.looks else ""


def address_of(word: str, screen: str) -> str:
    """The link, as others reach this server where it is a class's."""
    url = st.context.url or ""
    if url and class_address.for_class():
        url = class_address.for_others(url) or url
    lab = url.rpartition("/")[0]
    return f"{lab}/{screen}?{urlencode({given_models.PARAMETER: word})}"
