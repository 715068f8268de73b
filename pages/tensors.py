"""Tensors: a batch followed through a network, one training step, gradients checked by nudging."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.inside import offers, sides
from pages._ui.memory.reading import kept_from
from pages._ui.shared import front_door, models, session
from pages._ui.shared.begun import begun
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source
from pages._ui.tensors import batch as batches
from pages._ui.tensors.atlas import atlas
from pages._ui.tensors.check import gradient_check
from pages._ui.tensors.step import slow_motion

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from pages._ui.tensors.batch import Batch

VIEW, MODEL, FROM = (f"tensors-{what}" for what in ("view", "model", "from"))
TEXT, NAME, SOURCE = (f"tensors-{what}" for what in ("text", "name", "source"))
TARGET = "tensors-should"  # `tensors-target` is the one that is done by hand
VIEWS = ("Atlas", "One training step", "Gradient check")
MINE, KEPT = "Your text", "Text it never saw"
BIND = "query-params"

front_door.enter()
st.title("Tensors")
st.write(
    "A network is a row of tensors, tables of numbers, each made of those before it by one line of "
    "code. Here every one of them can be looked at, and a training step taken slowly."
)


def segmented(label: str, options: tuple[str, ...], key: str) -> str:
    """One of a few, kept in the address."""
    return st.segmented_control(
        label,
        options,
        **begun(key, default=options[0]),
        required=True,
        key=key,
        bind=BIND,
        label_visibility="collapsed",
    )


view = segmented("What to look at", VIEWS, VIEW)


def offered() -> list[models.Choice]:
    """Models that the view can look into: for the atlas any, for a step those that learn by
    gradient, for the check those of one text among them."""
    from lm_core.models import models as families

    known = models.that_read()
    if view != VIEWS[2]:
        known = known + models.of_pairs()
    if view != VIEWS[0]:
        known = [c for c in known if families[c.family].build.learns_by == "gradient"]
    return sorted(known, key=lambda choice: choice.family != "transformer")


def field(place: "DeltaGenerator", choice: models.Choice, checkpoint: "models.Checkpoint") -> str:
    """The visitor's text, of the kind that the model reads."""
    if choice.of_pairs:
        key, label, begin = SOURCE, "Your source", offers.offered_source(choice, checkpoint)
    elif choice.items:
        key, label, begin = NAME, "Your name", offers.offered(checkpoint)
    else:
        key, label, begin = TEXT, "Your text", offers.offered(checkpoint)
    begun = offers.offer(begin, key)
    return place.text_input(label, **begun, max_chars=2000, key=key, bind=BIND)


def chosen_batch(
    place: "DeltaGenerator", choice: models.Choice, checkpoint: "models.Checkpoint"
) -> "Batch | None":
    """What goes through the model; `place` is where a text is typed."""
    if choice.of_pairs:
        source = field(place, choice, checkpoint)
        ids = checkpoint.codec.source.encode(source).tolist()
        if not ids:
            return None
        made = sides.translated(checkpoint, source)
        if view == VIEWS[0]:
            return batches.of_pair(checkpoint, ids, made.ids)
        target = st.text_input(
            "Its target",
            placeholder=made.text,
            max_chars=2000,
            key=TARGET,
            bind=BIND,
            help="What it should have written; left empty: what it writes by itself.",
        )
        asked = checkpoint.codec.target.encode(target).tolist() if target else made.ids
        return batches.of_pair(checkpoint, ids, asked)
    hide = view != VIEWS[0]
    if segmented("What goes in", (MINE, KEPT), FROM) == KEPT:
        place.caption(
            f"{batches.ROWS} rows of at most {batches.LENGTH} tokens, of text that was kept from "
            "the model while it learned."
        )
        tokens = batches.ROWS * (batches.LENGTH + 1)
        return batches.of_pieces(checkpoint, kept_from(choice, 2 * tokens), hide=hide)
    return batches.of_text(checkpoint, field(place, choice, checkpoint), hide=hide)


def code(family: type) -> None:
    """How tensors are recorded, and what made them."""
    from lm_core.inspection.atlas import follow

    show_source(follow, "The code: following a batch")
    show_source(family, "The code: the model")


with session.mending():
    choices = offered()
    left, right = st.columns([4, 3], vertical_alignment="bottom")
    with right:
        choice = models.pick(choices, models.labels(choices), key=MODEL)
    checkpoint = models.load(choice)
    batch = chosen_batch(left, choice, checkpoint)
    if batch is None:
        st.info("Type a word or a sentence of at least two tokens to follow.")
    else:
        if batch.dropped:
            tokens = batch.idx.size(1)
            st.info(
                f"At most {batches.LONGEST} tokens are followed here: the first {tokens} of your "
                f"text, and {plain(batch.dropped)} are left out."
            )
        if view == VIEWS[0]:
            atlas(choice, batch)
            code(type(checkpoint.model))
        elif view == VIEWS[1]:
            slow_motion(choice, batch)
        else:
            gradient_check(choice, batch)
