"""Names from models that learned a list: written by the twenty, held against the list they learned
from, and scored letter by letter."""

import html
from dataclasses import dataclass

import streamlit as st

from lm_core.charts import words
from pages._ui import models

LEARNED, HELD_OUT, NEW = "learned", "held out", "new"
LONGEST = 30  # letters; the longest real name has 15
LINE = '<div style="border-top:1px solid rgba(128,128,128,0.4);margin:8px 0"></div>'  # two batches
_TAGS = {
    NEW: ("new", "rgba(0,114,178,0.16)", "in no list at all"),
    HELD_OUT: ("held out", "rgba(0,158,115,0.20)", "a real name that was kept from it"),
}


@dataclass(frozen=True)
class Lists:
    """The list a model learned from, and the real names that were kept from it."""

    learned: frozenset[str]
    held_out: frozenset[str]

    def kind(self, name: str) -> str:
        if name in self.learned:
            return LEARNED
        return HELD_OUT if name in self.held_out else NEW


@dataclass(frozen=True)
class Scored:
    """A name under a model: each letter with its probability, the end last."""

    letters: list[str]
    probabilities: list[float]
    nats: float
    rarer_than: float | None  # share of held-out real names that the model finds likelier
    compared: int  # how many of them there are


def name_models() -> list[models.Choice]:
    """Models that learned a list, those that ship first."""
    return [choice for choice in models.shipped() + models.own() if choice.items]


def labels(choices: list[models.Choice]) -> list[str]:
    """Short names, no two alike: the family of those that ship, and what owners call theirs."""
    from lm_core.models import models as families

    short = []
    for choice in choices:
        order = choice.card["model"].get("order")
        family = families[choice.family].title + (f", order {order}" if order else "")
        short.append(family if choice.folder.parent == models.SHIPPED else choice.label)
    return words.numbered_apart(short)


@st.cache_resource(max_entries=4, show_spinner=False)
def lists(corpus: str) -> Lists | None:
    """The lists of a corpus; None where it is not on this machine."""
    from lm_core.corpora.load import load_corpus
    from lm_core.errors import LabError

    try:
        splits = load_corpus(corpus).splits
    except LabError:
        return None
    return Lists(frozenset(splits["train"]), frozenset(splits["validation"] + splits["test"]))


def twenty(choice: models.Choice, begins: str, temperature: float, seed: int) -> list[str]:
    """Twenty names that begin with `begins`.

    Raises:
        BadText: it holds a letter that the model never saw.
    """
    return _twenty(str(choice.folder), _stamp(choice), begins, temperature, seed, choice)


@st.cache_data(max_entries=256, show_spinner=False)
def _twenty(
    folder: str, stamp: float, begins: str, temperature: float, seed: int, _choice: models.Choice
) -> list[str]:
    from lm_core.generation import SamplerSettings, write_text

    checkpoint = models.load(_choice)
    return write_text(
        checkpoint.model,
        checkpoint.tokenizer,
        spelled(_choice, begins),
        max_tokens=LONGEST,
        sampler=SamplerSettings(temperature=temperature),
        samples=20,
        seed=seed,
        items=True,
    )


def spelled(choice: models.Choice, name: str) -> str:
    """`name` as the model writes: in small letters where it knows no others."""
    tokenizer = models.load(choice).tokenizer
    name = name.strip()
    strange = tokenizer.count_unknown(name)
    return name.lower() if strange > tokenizer.count_unknown(name.lower()) else name


def score(choice: models.Choice, name: str) -> Scored:
    """How likely the model finds `name`, letter by letter.

    Raises:
        BadText: a letter that the model never saw, or no letter at all.
    """
    from lm_core.encoded import encode_documents
    from lm_core.evaluation import token_nats

    checkpoint = models.load(choice)
    encoded = encode_documents([spelled(choice, name)], checkpoint.tokenizer, items=True)
    nats = token_nats(checkpoint.model, encoded)
    letters = [checkpoint.tokenizer.token_text(int(i)) for i in encoded.ids[1:-1]]
    total = float(nats.double().sum())
    others = _held_out_nats(str(choice.folder), _stamp(choice), choice)
    rarer = sum(other < total for other in others) / len(others) if others else None
    return Scored([*letters, "end"], (-nats).exp().tolist(), total, rarer, len(others))


@st.cache_data(max_entries=16, show_spinner="Scoring real names to compare with …")
def _held_out_nats(folder: str, stamp: float, _choice: models.Choice) -> list[float]:
    """Nats of each name of the validation list; empty where the list is not on this machine."""
    from lm_core.corpora.load import load_corpus
    from lm_core.encoded import encode_documents
    from lm_core.errors import LabError
    from lm_core.evaluation import token_nats

    try:
        names = load_corpus(_choice.corpus).splits["validation"]
        checkpoint = models.load(_choice)
        encoded = encode_documents(names, checkpoint.tokenizer, items=True)
    except LabError:
        return []
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


def tagged(names: list[str], known: Lists | None) -> str:
    """Safe HTML: a line a name, those that are not in the learned list marked."""
    lines = []
    for name in names:
        text = html.escape(name) or "∅"
        kind = known.kind(name) if known else LEARNED
        if kind in _TAGS:
            tag, fill, meaning = _TAGS[kind]
            text += (
                f' <span title="{meaning}" style="background:{fill};border-radius:4px;'
                f'padding:1px 5px;font-size:0.85em;white-space:nowrap">{tag}</span>'
            )
        lines.append(f"<div>{text}</div>")
    return f'<div style="line-height:1.75;overflow-wrap:anywhere">{"".join(lines)}</div>'


def shares(names: list[str], known: Lists | None) -> str:
    """Safe HTML: how many of the names are new."""
    if known is None:
        return "<small>Its list is not on this machine, so nothing can be marked as new.</small>"
    kinds = [known.kind(name) for name in names]
    new, held_out = (words.percent(kinds.count(kind) / len(kinds)) for kind in (NEW, HELD_OUT))
    return f"<b>{new}</b> new, <b>{held_out}</b> held out <small>of {len(names)}</small>"


def experience(choice: models.Choice) -> str:
    """What the model read, and whose it is."""
    known, corpus = lists(choice.corpus), choice.card.get("corpus", {})
    read = f"Read {words.count(len(known.learned), 'name')} of " if known else "Read "
    return f"{read}“{corpus.get('title', 'own text')}”. {corpus.get('licence', '')}".strip()


def verdict(choice: models.Choice, name: str, scored: Scored) -> str:
    """Whether the model has read the name, and what it was compared with."""
    known = lists(choice.corpus)
    read = {
        LEARNED: "It has read this name.",
        HELD_OUT: "A real name that was kept from it.",
        NEW: "A name in none of its lists.",
    }
    said = [read[known.kind(spelled(choice, name))]] if known else []
    if scored.compared:
        said.append(f"Compared with {scored.compared:,} real names it never read.")
    return " ".join(said)


def _stamp(choice: models.Choice) -> float:
    """When the model was written: another training in the same folder is another model."""
    meta = choice.folder / "meta.json"
    return meta.stat().st_mtime if meta.exists() else 0.0
