"""The lists that models of Generate names learned, and who stands beside whom: models of one list,
and an n-gram that is counted from it at once."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable
from pages._ui.shared import models, own_texts
from pages._ui.write import naming

if TYPE_CHECKING:
    from lm_core.checkpoints import Checkpoint
    from lm_core.corpora import Corpus

DEFAULT = "names"
COUNTS = "ngram"  # the family that needs no training
MOST_COLUMNS = 4  # models beside each other
ORDER = 4  # of COUNTS: in 20 to 3,000 names as good as any other, and most of what it writes is new
# Below so many names Witten-Bell smooths: 1.89 nats per character against 1.91 of Kneser-Ney's with
# 48 towns, and fewer letters that follow nothing; with 240 names it is 2.81 against 2.57.
FEW = 100


def offered(choices: list[models.Choice]) -> dict[str, str]:
    """Name of a corpus -> what it is called, no two alike: the lists on this machine that the
    visitor may read, and those of the models in `choices` that are not stored any more."""
    from lm_core.charts.words import numbered_apart
    from lm_core.corpora import corpora, is_ready
    from lm_core.corpora.own import own_name

    lists = {
        name: corpora[name].title
        for name in corpora.names()
        if corpora[name].extra["info"].kind == "items" and is_ready(name)
    }
    texts = own_texts.readable_texts()
    called = own_texts.labels(texts)
    lists |= {own_name(sha): label for sha, label in called.items() if texts[sha].items}
    for choice in choices:
        title = choice.card.get("corpus", {}).get("title", "a list")
        lists.setdefault(choice.corpus, readable(str(title)))
    return dict(zip(lists, numbered_apart(list(lists.values())), strict=True))


def learned_by(label: str | None, choices: list[models.Choice]) -> str:
    """The list that a model of that label learned, as an older address names models alone."""
    named = dict(zip(naming.labels(choices), choices, strict=True))
    return named[label].corpus if label in named else DEFAULT


def beside(corpus: str, choices: list[models.Choice]) -> dict[str, models.Choice]:
    """Label -> model, of those in `choices` that learned a list: in their order, and last an n-gram
    counted now, where none of them is one."""
    learned = [choice for choice in choices if choice.corpus == corpus]
    if all(choice.family != COUNTS for choice in learned):
        found = models.corpus_of(corpus)
        counted = _counted_choice(found) if found is not None and found.items else None
        learned += [counted] if counted else []
    return dict(zip(naming.labels(learned), learned, strict=True))


def is_own(choice: models.Choice) -> bool:
    """Whether a visitor trained it."""
    return choice.folder.parent != models.SHIPPED and choice.made is None


def first_shown(beside: dict[str, models.Choice]) -> list[str]:
    """As many as there is room for, the visitor's newest and the n-gram that is counted now among
    them."""
    counted = [label for label, choice in beside.items() if choice.made is not None]
    newest = [label for label, choice in beside.items() if is_own(choice)][:1]
    others = [label for label in beside if label not in counted + newest]
    room = MOST_COLUMNS - len(counted) - len(newest)
    shown = {*others[:room], *newest, *counted}
    return [label for label in beside if label in shown]


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
