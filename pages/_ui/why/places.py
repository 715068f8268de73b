"""Where in the text a model learned from a run of tokens stands, with some words around it."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.plain import safe

if TYPE_CHECKING:
    from lm_core.corpora import Corpus
    from lm_core.tokenizers import Tokenizer

MOST = 5
AROUND = 90  # characters shown on each side
MARGIN = 200  # characters around a place that are encoded to make sure of its tokens
PER_DOCUMENT = 200  # places looked at in one document
LETTER = r"[^\s.,!?()';:\"]"  # of an unknown word


@dataclass(frozen=True)
class Place:
    """One place: what stands before, the run itself, what stands after."""

    label: str  # of the document, "1861 Abraham Lincoln"; "" where it has none
    before: str
    run: str
    after: str


def places(choice: models.Choice, run: tuple[int, ...]) -> list[Place] | None:
    """Up to MOST places of the tokens `run`, spread over the training text; None where that text is
    not on this machine any more, or is not the one that was counted."""
    corpus = learned(choice)
    if corpus is None:
        return None
    key = str(choice.folder), models.stamp(choice), corpus.fingerprint
    return _places(*key, run, choice, corpus)


def learned(choice: models.Choice) -> "Corpus | None":
    """The text it learned; None where that is not here any more, or another."""
    corpus = models.corpus_of(choice.corpus)
    counted = choice.card.get("counts", {}).get("train", {}).get("characters")
    return corpus if corpus and corpus.characters("train") == counted else None


@st.cache_data(max_entries=256, show_spinner="Looking it up in the text …")
def _places(
    folder: str,
    stamp: float,
    text: str,
    run: tuple[int, ...],
    _choice: models.Choice,
    _corpus: "Corpus",
) -> list[Place]:
    tokenizer = models.load(_choice).tokenizer
    wanted = pattern(tokenizer, run)
    if wanted is None:
        return []
    documents, labels = _corpus.splits["train"], _corpus.labels.get("train", [])
    found = [
        (i, *match.span())
        for i, document in enumerate(documents)
        for match, _ in zip(wanted.finditer(document), range(PER_DOCUMENT), strict=False)
    ]
    chosen: list[Place] = []
    # A step through all of them, then what lies between, until enough have the very tokens.
    step = max(1, len(found) // MOST)
    order = [n for first in range(step) for n in range(first, len(found), step)]
    inner, _, _ = _within(tokenizer, run)
    for n in order[: 40 * MOST]:
        i, begin, end = found[n]
        if _is_run(tokenizer, documents[i], begin, end, inner):
            label = labels[i] if i < len(labels) else ""
            chosen.append(_shown(documents[i], begin, end, label))
        if len(chosen) == MOST:
            break
    return chosen


def pattern(tokenizer: "Tokenizer", run: tuple[int, ...]) -> re.Pattern[str] | None:
    """What the tokens look like in a document, which a boundary begins or ends; None where they are
    no whole letters."""
    run, begins, ends = _within(tokenizer, run)
    first, last = r"\A" * begins, r"\Z" * ends
    if not run:
        return None
    if tokenizer.lossless:
        text = tokenizer.decode(run)
        whole = text and "\ufffd" not in text
        return re.compile(f"{first}{re.escape(text)}{last}") if whole else None
    # Words: in any case, with what the splitting drops in between; an unknown word is any whole
    # one. Nothing taken is given back (`++`, `*+`), or neighbours would try every way to share a
    # long word, and the time would grow with its length to the power of their number.
    unknown = rf"(?<!{LETTER}){LETTER}++"
    words = [
        unknown if id == tokenizer.unknown_id else re.escape(tokenizer.decode([id])) for id in run
    ]
    return re.compile(first + r"[\s\";:]*+".join(words) + last, re.IGNORECASE)


def _within(tokenizer: "Tokenizer", run: tuple[int, ...]) -> tuple[tuple[int, ...], bool, bool]:
    """A run without the boundary at either end, and whether it had one there."""
    begins, ends = (id == tokenizer.boundary_id for id in (run[0], run[-1]))
    return run[begins : len(run) - (ends and len(run) > begins)], begins, ends


def _is_run(
    tokenizer: "Tokenizer", document: str, begin: int, end: int, run: tuple[int, ...]
) -> bool:
    """Whether the letters there are these tokens: the same letters may be cut up otherwise."""
    import torch

    from lm_core.models.ngram_sources import occurrences

    # Cut between two words, or anywhere far enough off where a text has no spaces.
    first = max(0, document.rfind(" ", 0, max(0, begin - MARGIN)), begin - 5 * MARGIN)
    last = document.find(" ", end + MARGIN, end + 5 * MARGIN)
    before, inside = document[first:begin], document[begin:end]
    after = document[end : end + 5 * MARGIN if last < 0 else last]
    ids = tokenizer.encode(before + inside + after, skip_unknown=True)
    if not tokenizer.lossless:  # words: whether the text falls apart at both ends of the run
        around = [tokenizer.encode(part) for part in (before, after)]
        return ids.tolist() == [*around[0], *run, *around[1]]
    at = occurrences(torch.from_numpy(ids), torch.zeros(1, dtype=torch.int64), run, most=None)
    return any(len(tokenizer.decode(ids[:place])) == len(before) for place in at)


def _shown(document: str, begin: int, end: int, label: str) -> Place:
    """The place with whole words around it, line ends as spaces."""
    before, after = document[:begin][-AROUND:], document[end : end + AROUND]
    if begin > AROUND:
        before = "… " + before.partition(" ")[2]
    if end + AROUND < len(document):
        after = after.rpartition(" ")[0] + " …"
    flat = [re.sub(r"\s+", " ", part) for part in (before, document[begin:end], after)]
    return Place(label, *flat)


def line(place: Place) -> str:
    """Safe HTML of one place."""
    label, before, run, after = map(safe, (place.label, place.before, place.run, place.after))
    above = f'<div style="font-size:0.8rem;opacity:0.7">{label}</div>' if label else ""
    mark = "background:rgba(0,114,178,0.18);border-radius:4px"
    return (
        f'<div style="margin-bottom:0.7rem;overflow-wrap:anywhere;line-height:1.5">{above}{before}'
        f'<b style="{mark}">{run}</b>{after}</div>'
    )
