"""How likely a model finds a name, letter by letter and beside real names."""

import math
from dataclasses import dataclass

import streamlit as st

from lm_core.charts.words import human, scores
from pages._ui.shared import models
from pages._ui.write import naming

LN_10 = math.log(10)
TRIED, LONGEST = 50, 60  # names looked at for an example, and its letters
POWERS = 15 * LN_10  # nats from which on odds are said as a power of ten


@dataclass(frozen=True)
class Scored:
    """A name under a model: each letter with its probability, the end last."""

    letters: list[str]
    probabilities: list[float]
    nats: float
    rarer_than: float | None  # share of held-out real names that the model finds likelier
    compared: int  # how many of them there are
    unknown: bool  # it holds a word that the model reads as <unk>


def score(choice: models.Choice, name: str) -> Scored:
    """How likely the model finds `name`, letter by letter.

    Raises:
        BadText: a letter that the model never saw, or no letter at all.
        BadCheckpoint: weights too large to compute with.
    """
    from lm_core.encoded import encode_documents
    from lm_core.errors import BadCheckpoint
    from lm_core.evaluation import token_nats
    from lm_core.models.contract import NO_NUMBERS

    checkpoint = models.load(choice)
    encoded = encode_documents([naming.spelled(choice, name)], checkpoint.tokenizer, items=True)
    nats = token_nats(checkpoint.model, encoded)
    letters = [checkpoint.tokenizer.token_text(int(i)) for i in encoded.ids[1:-1]]
    total = float(nats.double().sum())
    if math.isnan(total):
        raise BadCheckpoint(NO_NUMBERS)
    others = [] if encoded.unknown else held_out_nats(choice)
    rarer = sum(other < total for other in others) / len(others) if others else None
    chances = (-nats).exp().tolist()
    return Scored([*letters, "end"], chances, total, rarer, len(others), encoded.unknown > 0)


def example(choice: models.Choice, written: list[str]) -> str:
    """A name to begin with, which the model can read: one that was kept from it, or the longest of
    those that it has `written`; "" where there is none."""
    from lm_core.errors import BadCheckpoint

    found = models.corpus_of(choice.corpus)
    try:
        for name in found.splits["validation"][:TRIED] if found else []:
            if len(name) <= LONGEST and not naming.strange(choice, name):
                return name
    except BadCheckpoint:
        return ""  # whoever asks the model for more is told
    return max(map(str.strip, written), key=len, default="")


def held_out_nats(choice: models.Choice) -> list[float]:
    """Nats of each name of the validation list that the model can read whole; empty where the list
    is not on this machine."""
    found = models.corpus_of(choice.corpus)
    if found is None or not found.splits["validation"]:
        return []
    key = str(choice.folder), models.stamp(choice), found.fingerprint
    return _nats(*key, choice, found.splits["validation"])


@st.cache_data(max_entries=16, show_spinner="Scoring real names to compare with …")
def _nats(
    folder: str, stamp: float, text: str, _choice: models.Choice, _names: list[str]
) -> list[float]:
    from lm_core.encoded import encode_documents
    from lm_core.evaluation import token_nats

    checkpoint = models.load(_choice)
    # A name that loses letters is a shorter one, and likelier than it should be.
    names = [name for name in _names if not checkpoint.tokenizer.count_unknown(name)]
    if not names:
        return []
    encoded = encode_documents(names, checkpoint.tokenizer, items=True)
    nats = token_nats(checkpoint.model, encoded).double()
    sizes = encoded.starts.diff(append=encoded.starts.new_tensor([encoded.predictions]))
    return [float(part.sum()) for part in nats.split(sizes.tolist())]


def quality(choice: models.Choice) -> str:
    """How good the model is, by its card: per character of the lists that were kept from it."""
    from lm_core.extent import withheld

    found: dict[str, float] = {}
    for split in ("validation", "test"):
        scored, counts = choice.scored(split), choice.card.get("counts", {}).get(split, {})
        if scored is None or not {"tokens", "characters"} <= counts.keys():
            continue
        skipped = counts.get("skipped_characters", 0)
        read = counts["characters"] - skipped
        if withheld(read, skipped):
            return "not scored by character: its tokens do not tell all of them"
        found[split] = scored * counts["tokens"] / max(1, read)
    if "validation" not in found:
        return "never scored"
    return scores(found["validation"], found.get("test"), "character")


def in_all(nats: float) -> str:
    """Markdown: the surprise of a whole name, and the chance that it stands for."""
    if math.isinf(nats):
        return "**∞ nats** of surprise in all, which the model holds to be impossible"
    odds = human(math.exp(nats)) if nats < POWERS else _power(nats / LN_10)
    return f"**{nats:.1f} nats** of surprise in all, one chance in {odds}"


def _power(exponent: float) -> str:
    """10 to that power, as it is written by hand."""
    return f"10{f'{exponent:.0f}'.translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def verdict(choice: models.Choice, name: str, scored: Scored) -> str:
    """Whether the model has read the name, and what it was compared with."""
    known = naming.lists(choice.corpus)
    read = {
        naming.LEARNED: "It has read this name.",
        naming.HELD_OUT: "A real name that was kept from it.",
        naming.NEW: "A name in none of its lists.",
    }
    said = [read[known.kind(naming.spelled(choice, name))]] if known else []
    if scored.unknown:
        said.append("It reads a word it never learned, and this is the surprise of any such word.")
    if scored.compared:
        said.append(f"Compared with {scored.compared:,} real names it never read.")
    return " ".join(said)
