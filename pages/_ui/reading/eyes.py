"""What a model makes of a text: its tokens with their places in it, ready for the screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import visible
from pages._ui.shared import models

if TYPE_CHECKING:
    from lm_core.evaluation.reading import Reading

Span = tuple[int, int]


@dataclass(frozen=True)
class Seen:
    """A text as a model reads it. Lists are of the tokens that it guessed, in order."""

    text: str  # in its form of Unicode
    first: Span  # of the token that begins a running text and is not guessed; else empty
    spans: list[Span]  # in the UTF-8 of the text
    tokens: list[str]  # as the model has them, made visible
    reading: "Reading"
    top: list[list[str]]  # what it held likeliest at each
    unknown: list[str]  # what it reads as the `<unk>`, each once
    skipped: list[str]  # characters that its tokens do not tell, each once
    context_size: int | None
    causal: bool

    def piece(self, span: Span) -> str:
        """What stands there; half a letter as its bytes."""
        data = self.text.encode("utf-8", "replace")[slice(*span)]
        return data.decode("utf-8", "surrogateescape")

    def name(self, at: int) -> str:
        """Token `at` with a sign for what cannot be seen."""
        return visible(self.tokens[at])

    def character(self, byte: int) -> int:
        """How many characters stand before this byte of the text."""
        return len(self.text.encode("utf-8", "replace")[:byte].decode("utf-8", "ignore"))


def seen(choice: models.Choice, text: str) -> Seen:
    """Remembered for as long as the model is what it is.

    Raises:
        BadText: nothing of it can be read, or there is nothing to guess.
        BadCheckpoint: the model is damaged.
    """
    return _seen(str(choice.folder), models.stamp(choice), text, choice)


@st.cache_data(max_entries=24, show_spinner="The model reads …")
def _seen(folder: str, stamp: float, text: str, _choice: models.Choice) -> Seen:
    from lm_core.errors import BadText
    from lm_core.evaluation.reading import NOTHING, given, read

    saved = models.load(_choice)
    tokenizer, model = saved.tokenizer, saved.model
    one = given(text, tokenizer, items=_choice.items)
    ids = one.encoded.ids
    if not len(ids):
        raise BadText(NOTHING)
    reading = read(model, one.encoded)
    found = Seen(
        one.text,
        one.spans[0],
        one.spans[1:],
        [tokenizer.token_text(id) for id in reading.ids.tolist()],
        reading,
        [[tokenizer.token_text(id) for id in row] for row in reading.top.tolist()],
        [],
        list(tokenizer.untold(one.text, ids.numpy())),
        model.context_size,
        model.causal,
    )
    if tokenizer.unknown_id is not None:
        at = [span for span, id in zip(one.spans, ids.tolist(), strict=True)
              if id == tokenizer.unknown_id]  # fmt: skip
        found.unknown.extend(dict.fromkeys(map(found.piece, at)))
    return found


def unread(choice: models.Choice, found: Seen) -> str:
    """What it could not read, in a sentence or two, as it stands in the text; "" where it read all.
    The words are others': they are not yet plain."""
    from lm_core.charts.words import count

    score, said = found.reading.score, []
    if found.unknown:
        words = _some(found.unknown)
        said.append(f"It never learned {words}: there it reads <unk>, the same for any such word.")
    if score.skipped_characters:
        whole = score.characters + score.skipped_characters
        said.append(
            f"Its tokens do not tell {count(score.skipped_characters, 'character')} of {whole:,}: "
            f"{_some(found.skipped)}. What it does not read costs it no surprise."
        )
    if score.withheld:
        said.append(f"So there are no bits per character or byte: {score.withheld}")
    tokenizer = models.load(choice).tokenizer
    if said:
        said.append(tokenizer.known_otherwise(found.text))
    said.append(tokenizer.cleans)
    return " ".join(filter(None, said))


def _some(signs: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(f"“{visible(sign)}”" for sign in signs[:most])
    more = len(signs) - most
    return f"{shown} and {more:,} more" if more > 0 else shown
