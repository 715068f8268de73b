"""A table as arrays, and what every learner said of its validation and test rows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.corpus_choice import NEW, CorpusChoice

if TYPE_CHECKING:
    import numpy as np

    from lm_core.tables.rivals import Fitted
    from pages._ui.shared.models import Choice

CLASSES, VALUES = "table classes", "table values"
PARTS = ("train", "validation", "test")
MOST = 12  # models of the visitor's that are compared


@dataclass(frozen=True)
class Known:
    """Features and answers by part; of classes their names, of values how they were scaled."""

    kind: str
    columns: list[str]
    names: list[str]
    unit: str
    features: "dict[str, np.ndarray]"  # (N, D), standardised
    answers: "dict[str, np.ndarray]"  # (N,), classes by number, or values in their unit
    means: list[float]
    stds: list[float]
    centre: float
    spread: float
    came: str  # what it was made of: for whatever is kept of it


@dataclass(frozen=True)
class Told:
    """What a model of ours said, and what it was judged by."""

    label: str
    settings: str
    validation: float  # its loss there
    seconds: float  # of training, as its run counted them
    said: "dict[str, np.ndarray]"  # by part: classes by number, or values in their unit


def known(choice: CorpusChoice) -> Known:
    """Raises LabError: it is not on this machine."""
    from lm_core.corpora import origin
    from lm_core.home import home_folder

    came = str(home_folder()), [] if choice.name == NEW else origin(choice.name)
    return _known(choice.name, choice.text, str(came))


@st.cache_data(max_entries=8, show_spinner=False)
def _known(name: str, sha: str, came: str) -> Known:
    from lm_core.corpora import load_corpus
    from lm_core.corpora.own import load_own

    corpus = load_own(sha) if name == NEW else load_corpus(name)
    splits, train = corpus.splits, corpus.splits["train"]
    centre, spread = getattr(train, "centre", 0.0), getattr(train, "spread", 1.0)
    if corpus.info.kind == CLASSES:
        answers = {part: one.labels.numpy() for part, one in splits.items()}
    else:
        answers = {part: (one.values * spread + centre).numpy() for part, one in splits.items()}
    return Known(
        kind=corpus.info.kind,
        columns=train.columns,
        names=corpus.codec.names,
        unit=getattr(train, "unit", ""),
        features={part: one.features.numpy() for part, one in splits.items()},
        answers=answers,
        means=train.means,
        stds=train.stds,
        centre=centre,
        spread=spread,
        came=f"{name} {sha} {came}",
    )


def ours(choice: CorpusChoice) -> list[Told]:
    """The visitor's models of this table, the best on validation first."""
    found = []
    for one in models.own():
        data = one.card.get("spec", {}).get("data", {})
        same = (data.get("name"), data.get("text", "")) == (choice.name, choice.text)
        if one.task in ("table-class", "table-value") and same:
            found.append(one)
    told = [_of(one) for one in found[:MOST]]
    return sorted(told, key=lambda one: one.validation)


def _of(choice: "Choice") -> Told:
    loss, said = _answers(str(choice.folder), models.stamp(choice))
    model, train = choice.card["spec"]["model"], choice.card["spec"]["train"]
    told = {k: v for k, v in model.items() if k != "name"} | {
        k: train.get(k) for k in ("optimizer", "lr")
    }
    settings = ", ".join(f"{k} {v}" for k, v in told.items())
    seconds = float(choice.card.get("seconds", 0.0))
    return Told(choice.label, settings, loss, seconds, said)


@st.cache_data(max_entries=32, show_spinner="Asking the model …")
def _answers(folder: str, stamp: float) -> "tuple[float, dict[str, np.ndarray]]":
    import torch

    from lm_core.checkpoints import load_checkpoint
    from lm_core.runs.prepare import load_text
    from lm_core.runs.spec import text_of
    from lm_core.tasks import tasks

    saved = load_checkpoint(folder)
    corpus = load_text(text_of(saved.meta))
    model, said = saved.model.eval(), {}
    for part, one in corpus.splits.items():
        with torch.no_grad():
            out = model(one.features)
        classes = corpus.info.kind == CLASSES
        said[part] = (
            out.argmax(-1) if classes else out.squeeze(-1) * one.spread + one.centre
        ).numpy()
    task = tasks[saved.task].build()
    return task.evaluate(model, corpus.splits, "validation", limit=None).loss, said


@st.cache_data(max_entries=16, show_spinner="scikit-learn learns …")
def theirs(came: str, part: str, _about: Known) -> "list[Fitted]":
    """scikit-learn's answers on a part."""
    from lm_core.tables.rivals import Rows, beside, beside_values

    make = beside if _about.kind == CLASSES else beside_values
    return make(Rows(_about.features["train"], _about.answers["train"], _about.features[part]))
