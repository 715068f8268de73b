"""How likely a model finds a name, letter by letter and beside real names."""

from dataclasses import dataclass

import streamlit as st

from pages._ui import models, naming


@dataclass(frozen=True)
class Scored:
    """A name under a model: each letter with its probability, the end last."""

    letters: list[str]
    probabilities: list[float]
    nats: float
    rarer_than: float | None  # share of held-out real names that the model finds likelier
    compared: int  # how many of them there are


def score(choice: models.Choice, name: str) -> Scored:
    """How likely the model finds `name`, letter by letter.

    Raises:
        BadText: a letter that the model never saw, or no letter at all.
    """
    from lm_core.encoded import encode_documents
    from lm_core.evaluation import token_nats

    checkpoint = models.load(choice)
    encoded = encode_documents([naming.spelled(choice, name)], checkpoint.tokenizer, items=True)
    nats = token_nats(checkpoint.model, encoded)
    letters = [checkpoint.tokenizer.token_text(int(i)) for i in encoded.ids[1:-1]]
    total = float(nats.double().sum())
    others = held_out_nats(choice)
    rarer = sum(other < total for other in others) / len(others) if others else None
    return Scored([*letters, "end"], (-nats).exp().tolist(), total, rarer, len(others))


def held_out_nats(choice: models.Choice) -> list[float]:
    """Nats of each name of the validation list; empty where the list is not on this machine."""
    found = naming.splits(choice.corpus)
    if not found or not found["validation"]:
        return []
    return _nats(str(choice.folder), naming.stamp(choice), choice, found["validation"])


@st.cache_data(max_entries=16, show_spinner="Scoring real names to compare with …")
def _nats(folder: str, stamp: float, _choice: models.Choice, _names: list[str]) -> list[float]:
    from lm_core.encoded import encode_documents
    from lm_core.evaluation import token_nats

    checkpoint = models.load(_choice)
    encoded = encode_documents(_names, checkpoint.tokenizer, items=True, skip_unknown=True)
    nats = token_nats(checkpoint.model, encoded).double()
    sizes = encoded.starts.diff(append=encoded.starts.new_tensor([encoded.predictions]))
    return [float(part.sum()) for part in nats.split(sizes.tolist())]


def nats_per_character(choice: models.Choice) -> float | None:
    """From the card, on the validation list; None where it was never scored."""
    scored = choice.card.get("metrics", {}).get("validation")
    counts = choice.card.get("counts", {}).get("validation")
    if not scored or not counts:
        return None
    return scored["nats_per_token"] * counts["tokens"] / counts["characters"]


def verdict(choice: models.Choice, name: str, scored: Scored) -> str:
    """Whether the model has read the name, and what it was compared with."""
    known = naming.lists(choice.corpus)
    read = {
        naming.LEARNED: "It has read this name.",
        naming.HELD_OUT: "A real name that was kept from it.",
        naming.NEW: "A name in none of its lists.",
    }
    said = [read[known.kind(naming.spelled(choice, name))]] if known else []
    if scored.compared:
        said.append(f"Compared with {scored.compared:,} real names it never read.")
    return " ".join(said)
