"""Models a page can use: those that ship with the lab, somebody else's, those that the visitor was
given, and their own; which of them a screen offers, and what it calls them."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from lm_core.charts import words
from lm_core.visible import readable
from pages._ui.shared import given_models, session
from pages._ui.shared.choice import Choice, choice_of

if TYPE_CHECKING:
    from lm_core.checkpoints import Checkpoint
    from lm_core.corpora import Corpus

SHIPPED = Path(__file__).resolve().parents[3] / "checkpoints"

WORDS = (
    "Parameters are the numbers that training adjusts. A token is a word, a piece of one or a "
    "character: what the model reads and writes. Nats measure surprise: 0 is never surprised, and "
    "0.69 less means that what really came got twice the probability. Perplexity is e to the power "
    "of the nats: as unsure as somebody who throws a fair die of so many sides. It learned from "
    "neither validation nor test; by validation one chooses, and test is read once, at the end."
)


@st.cache_resource(show_spinner=False)
def shipped() -> list[Choice]:
    """Models in `checkpoints/`, best families first; those of a text that has to be downloaded come
    last, as many do not have it. One list for all: nobody changes it, nor a card in it."""
    from lm_core.checkpoints import read_meta
    from lm_core.corpora import corpora
    from lm_core.errors import BadCheckpoint

    found = []
    for folder in sorted(SHIPPED.iterdir()):
        if not (folder / "meta.json").exists():
            continue
        try:
            found.append(choice_of(folder, read_meta(folder)))
        except BadCheckpoint:
            continue  # a damaged folder is not offered
    order = ["transformer", "lstm", "ngram", "gru", "rnn", "mlp", "neural-bigram", "bigram"]

    def place(choice: Choice) -> tuple[bool, int]:
        of = choice.corpus
        downloaded = of in corpora and corpora[of].extra["info"].how == "download"
        return downloaded, order.index(choice.family) if choice.family in order else len(order)

    return sorted(found, key=place)


def foreign() -> list[Choice]:
    """Models of somebody else's: those of installed packages, and those that were downloaded; none
    where they cannot be kept."""
    from lm_core.errors import LabError
    from lm_core.foreign import hub, packages
    from lm_core.foreign.naming import A_HUB, A_PACKAGE

    try:
        folders = {f"{A_PACKAGE}{name}": folder for name, folder in packages.at_hand().items()}
        folders |= {f"{A_HUB}{name}": folder for name, folder in hub.fetched().items()}
        found = [(name, folder, _card(folder)) for name, folder in folders.items()]
    except LabError:
        return []
    return [replace(choice_of(folder, meta), foreign=name) for name, folder, meta in found]


def own() -> list[Choice]:
    """The visitor's runs that have a checkpoint, newest first, of a race the first seed of each
    family; none where the store is away. Those of one title are told apart."""
    from lm_core.errors import BadCheckpoint, StoreUnavailable
    from lm_core.runs.apart import called_apart

    found = []
    try:
        store = session.manager().store
        for run in store.runs_of(session.visitor()):
            if run.race and run.spec["seed"]:
                continue
            folder = store.run_folder(run.id) / "checkpoint"
            try:
                found.append((run, folder, _card(folder)))
            except BadCheckpoint:
                continue  # no checkpoint yet
    except StoreUnavailable:
        return []
    runs = [run for run, *_ in found]
    called = called_apart(runs, [f"Yours: {readable(run.title)}" for run in runs])
    return [
        choice_of(folder, meta, label=label)
        for (_, folder, meta), label in zip(found, called, strict=True)
    ]


def _card(folder: Path) -> dict[str, Any]:
    """What `read_meta` gives, read once for as long as the file is what it is; nobody changes it.

    Raises:
        BadCheckpoint: it is damaged, or not there.
    """
    from lm_core.checkpoints import CARD, where
    from lm_core.corpora.corpus import stamp

    return _read(folder, *stamp(where(folder, CARD)))


@lru_cache(maxsize=512)
def _read(folder: Path, *stamp: str | int) -> dict[str, Any]:
    from lm_core.checkpoints import read_meta

    return read_meta(folder)


def of_text() -> list[Choice]:
    """Models that write running text, those that were given first, then those that ship; lists of
    names have their own page."""
    known = given_models.given() + shipped() + own() + foreign()
    return [choice for choice in known if choice.writes and not choice.items]


def that_read() -> list[Choice]:
    """Models that guess the tokens of a text, those of running text first, then those of lists."""
    known = given_models.given() + shipped() + foreign() + own()
    return sorted((choice for choice in known if choice.of_tokens), key=_place)


def of_lists() -> list[Choice]:
    """Models that learned a list and write, those that were given first, then those that ship."""
    known = given_models.given() + shipped() + own()
    return [choice for choice in known if choice.writes and choice.items]


def of_pairs() -> list[Choice]:
    """Models that turn one text into another, those that ship first."""
    return [choice for choice in shipped() + own() if choice.of_pairs]


def with_attention() -> list[Choice]:
    """Models with attention that read a text or translate it, those of running text first."""
    known = given_models.given() + shipped() + foreign() + own()
    kept = (choice for choice in known if choice.of_tokens or choice.of_pairs)
    return sorted(_apart([choice for choice in kept if choice.looks]), key=_place)


def _place(choice: Choice) -> tuple[bool, bool, bool]:
    """Among models that read: those that were given first, those of lists after those of text."""
    return not choice.given, choice.items, choice.label.startswith("Yours")


def _apart(choices: list[Choice]) -> list[Choice]:
    """Those that would be called alike with the settings of the model that differ among them."""
    from lm_core.runs.apart import differences

    alike: dict[str, list[Choice]] = {}
    for choice in choices:
        alike.setdefault(choice.label, []).append(choice)
    called = {}
    for label, some in alike.items():
        specs = [{"model": one.card["model"], "codec": {"name": "char"}} for one in some]
        for one, said in zip(some, differences(specs), strict=True):
            called[one.folder] = f"{label}: {said}" if said else label
    return [replace(choice, label=called[choice.folder]) for choice in choices]


def labels(choices: list[Choice]) -> list[str]:
    """What to call each model, no two alike."""
    return words.numbered_apart([choice.label for choice in choices])


def on_attention(choice: Choice) -> str | None:
    """What the Attention screen calls a model; None where it has no attention."""
    looks = with_attention()
    return dict(zip([one.folder for one in looks], labels(looks), strict=True)).get(choice.folder)


def corpus_of(name: str) -> "Corpus | None":
    """The corpus of that name, which a model learned; None where it is not on this machine. Nothing
    is downloaded."""
    from lm_core.corpora.load import is_ready, load_corpus
    from lm_core.errors import LabError

    try:
        return load_corpus(name) if is_ready(name) else None
    except LabError:  # of another lab, or damaged
        return None


def pick(choices: list[Choice], shown: list[str], *, key: str, label: str = "Model") -> Choice:
    """A selectbox over models, called as `shown`; the choice is kept in the address."""
    return choices[shown.index(st.selectbox(label, shown, key=key, bind="query-params"))]


@st.cache_resource(max_entries=12, show_spinner="Loading the model …")
def _load(folder: str, changed: float) -> "Checkpoint":
    import torch

    from lm_core.checkpoints import load_checkpoint
    from lm_core.runs.starting import in_one

    torch.set_num_threads(1)  # small models answer fastest on one, and training keeps the rest
    return in_one(load_checkpoint(folder))


def load(choice: Choice) -> "Checkpoint":
    """The model itself, kept in memory while it is used (weights are shared and never changed).

    Raises:
        BadCheckpoint: its folder is damaged or gone.
    """
    if choice.made is not None:
        return choice.made
    loaded = _load(str(choice.folder), stamp(choice))
    return replace(loaded, meta=choice.card) if choice.given else loaded


def stamp(choice: Choice) -> float:
    """When the model was written: another training in the same folder is another model."""
    return written_at(choice.folder)


def written_at(folder: Path) -> float:
    """When the checkpoint in a folder was written; 0 where there is none."""
    meta = folder / "meta.json"
    return meta.stat().st_mtime if meta.exists() else 0.0


def describe(choice: Choice) -> str:
    """One line: family, size, text, quality."""
    from lm_core.models import models as families

    card = choice.card
    counts = families[choice.family].build.learns_by == "counting"
    parts = f"{words.human(card.get('parameters', 0))} {'counts' if counts else 'parameters'}"
    line = f"{choice.label}, {parts}"
    if choice.foreign:
        said = card.get("corpus", {})
        line += f", {readable(str(said.get('licence', '')))}. {readable(str(said.get('source')))}"
    validation, test = choice.scored("validation"), choice.scored("test")
    if validation is not None:
        unit = {"char": "character", "word": "word"}.get(choice.cut, "token")
        line += f", {words.scores(validation, test, unit)}"
    return line + "."
