"""A model on a whole text that it never learned from, and beside it on its own."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable
from pages._ui.shared import models
from pages._ui.shared.corpus_choice import CorpusChoice, load_choice, pick_corpus
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart

if TYPE_CHECKING:
    from lm_core.charts.other_text import OnText
    from lm_core.corpora import Corpus

MOST = 10_000  # tokens that are scored, spread evenly
SPLITS = ("test", "validation", "train")  # the first that holds something
DEFAULT = "speeches"


@dataclass(frozen=True)
class Scored:
    """The figures of one model on one text."""

    row: "OnText"
    tokens: int
    whole: bool
    withheld: str | None


def panel(labels: list[str], choices: list[models.Choice]) -> None:
    """Any text that can be chosen, under the models that are chosen above."""
    from lm_core.charts.other_text import on_texts

    st.header("Train on one text, test on another")
    st.write(
        "What a model learned holds for its own kind of text. Here it is scored on a whole text "
        "of your choice, and beside it on text of its own that was kept from it."
    )
    if not st.toggle("Score a whole text", key="reading-whole", bind="query-params"):
        return
    chosen = pick_corpus(key="reading-corpus", label="Another text", default=DEFAULT)
    if not chosen.ready:
        return
    other = load_choice(chosen)
    found = []
    for label, choice in zip(labels, choices, strict=True):
        own = models.corpus_of(choice.corpus)  # None where it is not here
        same = own is not None and own.fingerprint == other.fingerprint
        if own is not None and not same:
            found.append(scored(label, choice, own, own=True))
        found.append(scored(label, choice, other, own=same))
    show_chart(on_texts([one.row for one in found]), key="reading-whole-bars")
    st.caption(_how(chosen, found))
    for one in found:
        if said := unread(one):
            st.info(plain(said))


def scored(label: str, choice: models.Choice, corpus: "Corpus", *, own: bool) -> Scored:
    """Remembered for as long as the model and the text are what they are.

    Raises:
        BadText: nothing of it can be read.
        BadCheckpoint: the model is damaged.
    """
    title = readable(corpus.info.title)
    key = str(choice.folder), models.stamp(choice), corpus.fingerprint
    return _scored(*key, label, title, own, choice, corpus)


@st.cache_data(max_entries=64, show_spinner="The model reads …")
def _scored(
    folder: str,
    stamp: float,
    text: str,
    label: str,
    title: str,
    own: bool,
    _choice: models.Choice,
    _corpus: "Corpus",
) -> Scored:
    from lm_core.charts.other_text import OnText
    from lm_core.encoded import encode_documents
    from lm_core.evaluation import evaluate

    saved = models.load(_choice)
    documents = next(one for name in SPLITS if (one := _corpus.splits.get(name)))
    encoded = encode_documents(documents, saved.tokenizer, items=_corpus.items, skip_unknown=True)
    score = evaluate(saved.model, encoded, max_tokens=MOST)
    unk = saved.tokenizer.unknown_id is not None
    row = OnText(
        label,
        title,
        own,
        score.nats_per_token,
        score.bits_per_character,
        encoded.skipped_characters / encoded.characters,
        encoded.unknown / max(1, encoded.predictions) if unk else 0.0,
    )
    return Scored(row, score.tokens, score.whole, score.withheld)


def unread(one: Scored) -> str:
    """What of the text the model could not read, and what that does to its figures; "" where it
    read all."""
    from lm_core.charts.words import percent

    row, said = one.row, []
    if row.unread:
        said.append(
            f"{row.model} reads {row.text} without {percent(row.unread)} of its characters, which "
            "its tokens do not tell. What is not read costs no surprise, so the figure says "
            "nothing about it."
        )
    if row.unknown:
        said.append(
            f"{percent(row.unknown)} of the tokens of {row.text} are <unk> to {row.model}: to "
            "guess that some unknown word comes is easier than to guess which."
        )
    if one.withheld:
        said.append(f"So there are no bits per character: {one.withheld}")
    return " ".join(said)


def _how(chosen: CorpusChoice, found: list[Scored]) -> str:
    from lm_core.charts.words import count

    most = count(max(one.tokens for one in found), "token")
    part = "" if all(one.whole for one in found) else ", spread evenly over it"
    return (
        f"{plain(chosen.title)}: a part that models do not learn from, up to {most} of "
        f"it{part}. `python -m lm_core evaluate FOLDER --corpus NAME` scores all of it. "
        "Nats per token compare only models that cut the text alike, and are in the table."
    )
