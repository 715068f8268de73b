"""Which translators there are, what tells them apart, a text that each can read to begin with."""

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.charts import words
from pages._ui.shared import models
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.checkpoints import Checkpoint
    from lm_core.codecs import PairCodec

# To begin with: the first of which a model knows every word.
SENTENCES = (
    "two hundred and seventy-one thousand, nine hundred and ninety-four",
    "the 4th of July 1776",
    "A man is walking down the street.",
    "In the beginning",
)
FIRST = "translate-bahdanau"  # its looks are the easiest to read
ORDER = ("none", "bahdanau", "luong")  # rungs of the ladder, the oldest first


def choices() -> list[models.Choice]:
    """Translators, those that ship first, called by what they differ in."""
    found = [replace(choice, label=called(choice)) for choice in models.of_pairs()]
    return sorted(found, key=_rung)


def called(choice: models.Choice) -> str:
    """The label of one: a family that comes with and without a part says which."""
    if not is_shipped(choice):
        return choice.label
    return f"{part_of(choice)}: {choice.label}"


def part_of(choice: models.Choice) -> str:
    """What this one of its family has, or has not."""
    settings = choice.card["model"]
    name = settings.get("attention")
    if name in ORDER:
        return "No attention" if name == "none" else f"{name.capitalize()} attention"
    return "No positions" if settings.get("position") == "none" else "Attention alone"


def is_shipped(choice: models.Choice) -> bool:
    """Whether it is none of the visitor's own."""
    return choice.folder.parent == models.SHIPPED


def _rung(choice: models.Choice) -> tuple[bool, bool, int]:
    """The one to open on, then the ladder, then the visitor's own."""
    return not is_shipped(choice), choice.folder.name != FIRST, _ladder(choice)


def kin(choice: models.Choice, every: list[models.Choice]) -> list[models.Choice]:
    """Those that learned the same pairs, the model itself among them."""
    return in_order([one for one in every if one.corpus == choice.corpus])


def in_order(choices: list[models.Choice]) -> list[models.Choice]:
    """From the foot of the ladder up, the visitor's own last."""
    return sorted(choices, key=lambda one: (not is_shipped(one), _ladder(one)))


def _ladder(choice: models.Choice) -> int:
    settings = choice.card["model"]
    if settings.get("attention") in ORDER:
        return ORDER.index(settings["attention"])
    return 8 - (settings.get("position") == "none")


def offered(checkpoint: "Checkpoint") -> str:
    """A text to begin with: the first that the model knows all words of and reads whole."""
    reader, room = checkpoint.codec.source, checkpoint.model.context_size
    for text in SENTENCES:
        ids = reader.encode(text, skip_unknown=True)
        if not unread(checkpoint.codec, text) and (room is None or len(ids) <= room):
            return text
    return ""


def offer(text: str, key: str) -> str:
    """What a field of this key begins with. What was offered before, and not changed since, makes
    room for it."""
    before = f"{key}-offered"
    offered_before = st.session_state.get(before)
    st.session_state[before] = text
    if st.session_state.get(key, text) != text and st.session_state[key] == offered_before:
        st.session_state[key] = text
        return ""  # what was set is not to be given twice
    return text


def unread(codec: "PairCodec", text: str) -> int:
    """How many words of a text the model never learned; letters, where it reads those."""
    reader = codec.source
    if reader.unknown_id is not None:
        return reader.count_unknown(text)
    return reader.untold(text, reader.encode(text, skip_unknown=True)).total()


def says_unread(codec: "PairCodec", text: str) -> str:
    """A sentence where it does not know all of a text, else ""."""
    count, total = unread(codec, text), len(codec.source.encode(text, skip_unknown=True))
    if not count:
        return ""
    if codec.source.unknown_id is None:
        return f"{words.count(count, 'character')} it never learned, which it leaves out."
    if count >= total:
        return (
            f"It never learned any of these {words.count(total, 'word')}, and reads `<unk>` for "
            f"each: what it writes has nothing to do with them. It reads {plain(codec.sides[0])}."
        )
    return (
        f"{words.count(count, 'word')} of {total} it never learned: it reads `<unk>` there, as if "
        "the word were inked out."
    )


def describe(choice: models.Choice) -> str:
    """One line: what it is, its size, what it reads and how often it is right."""
    line = f"{choice.label}, {words.human(choice.card.get('parameters', 0))} parameters"
    match = exact(choice)
    if match is not None:
        line += f", {words.percent(match)} right to the letter on validation"
        if (test := exact(choice, "test")) is not None:
            line += f", {words.percent(test)} on test"
    return f"{line}. Learned from: {choice.card.get('corpus', {}).get('title', 'own text')}."


def exact(choice: models.Choice, split: str = "validation") -> float | None:
    """The share of held-out texts that it translates right to the letter, off its card."""
    scored = choice.card.get("metrics", {}).get(split, {}).get("metrics", {})
    value = scored.get("exact match") if isinstance(scored, dict) else None
    return float(value) if isinstance(value, int | float) else None
