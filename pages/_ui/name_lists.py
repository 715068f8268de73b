"""The lists that models of Generate names learned, and who stands beside whom: models of one list,
and an n-gram that is counted from it at once."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable
from pages._ui import models, naming, own_texts

if TYPE_CHECKING:
    from lm_core.checkpoints import Checkpoint
    from lm_core.corpora import Corpus

DEFAULT = "names"
COUNTS = "ngram"  # the family that needs no training
ORDER = 4  # of it: in 20 to 3,000 names as good as any other, and most of what it writes is new
FEW = 100  # names: in fewer the discounts of Kneser and Ney are too small, and it stammers


def offered() -> dict[str, str]:
    """Name of a corpus -> what it is called, no two alike: the lists on this machine that the
    visitor may read, and those of their models that are not stored any more."""
    from lm_core.charts.words import numbered_apart
    from lm_core.corpora import corpora, is_ready
    from lm_core.corpora.own import own_name

    lists = {
        name: corpora[name].title
        for name in corpora.names()
        if corpora[name].extra["info"].kind == "items" and is_ready(name)
    }
    texts = own_texts.readable_texts()
    lists |= {own_name(sha): label for sha, label in own_texts.labels().items() if texts[sha].items}
    for choice in naming.name_models():
        title = choice.card.get("corpus", {}).get("title", "a list")
        lists.setdefault(choice.corpus, readable(str(title)))
    return dict(zip(lists, numbered_apart(list(lists.values())), strict=True))


def learned_by(label: str | None, lists: dict[str, str]) -> str:
    """The list that a model of that label learned, as an older address names models alone."""
    return next((name for name in lists if label and label in beside(name)), DEFAULT)


def beside(corpus: str) -> dict[str, models.Choice]:
    """Label -> model, of all that learned a list: those that ship, the visitor's, newest first, and
    last an n-gram counted now, where none of the others is one."""
    choices = [choice for choice in naming.name_models() if choice.corpus == corpus]
    if all(choice.family != COUNTS for choice in choices):
        found = naming.corpus_of(corpus)
        counted = _counted_choice(found) if found is not None and found.items else None
        choices += [counted] if counted else []
    return dict(zip(naming.labels(choices), choices, strict=True))


def _counted_choice(corpus: "Corpus") -> models.Choice | None:
    """The n-gram as a model among the others; None where it cannot be made."""
    from lm_core.errors import LabError

    try:
        made = _counted(corpus.fingerprint, corpus)
    except LabError:
        return None
    return models.Choice(
        label="",
        folder=made.folder,
        family=COUNTS,
        corpus=corpus.info.name,
        items=True,
        card=made.meta,
        made=made,
    )


@st.cache_resource(max_entries=8, show_spinner="Counting the list …")
def _counted(text: str, _corpus: "Corpus") -> "Checkpoint":
    from dataclasses import replace

    from lm_core.checkpoints import Checkpoint
    from lm_core.corpora.own import is_own, own_key
    from lm_core.evaluation import token_nats
    from lm_core.runs.prepare import prepare
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec

    name = _corpus.info.name
    own = CorpusSpec(name="own", text=own_key(name), items=True)
    spec = default_spec(own if is_own(name) else CorpusSpec(name=name), COUNTS, items=True)
    smoothing = "witten-bell" if len(_corpus.splits["train"]) < FEW else "kneser-ney"
    settings = replace(spec.model, order=ORDER, smoothing=smoothing)
    ready = prepare(replace(spec, model=settings))
    train, held_out = ready.data["train"], ready.data["validation"]
    ready.model.fit(train.ids, train.starts)
    nats = float(token_nats(ready.model, held_out).mean())
    card = ready.card() | {
        "model": {"name": COUNTS, **settings.to_dict()},
        "metrics": {"validation": {"nats_per_token": nats}},
    }
    return Checkpoint(ready.model.eval(), ready.tokenizer, card, Path("counted", text))
