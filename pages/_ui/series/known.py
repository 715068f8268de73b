"""What is known of a series before anything learns: its parts, its windows, forecasts by direct
formulas; and the forecasts of models that learned."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.corpus_choice import NEW, CorpusChoice

if TYPE_CHECKING:
    import numpy as np

    from pages._ui.shared.models import Choice

MOST = 3  # models that are shown at once
FIRST = "lstm-forecaster"
TASK = "forecast"
NAMES = {
    "last value": "Last value",
    "same time before": "Same time before",
    "least squares": "Least squares",
}


@dataclass(frozen=True)
class Known:
    """A series and its validation windows in its unit, and forecasts of them by name."""

    values: "np.ndarray"  # all of them
    ends: tuple[int, int]  # where the training and the validation part end
    begin: str
    minutes: float
    unit: str
    seen: "np.ndarray"  # (N, n_seen)
    following: "np.ndarray"  # (N, n_ahead)
    window: str  # when the first window begins
    std: float  # of the training part
    season: int
    said: dict[str, "np.ndarray"]  # name -> (N, n_ahead)

    @property
    def measure(self) -> str:
        return self.unit or "units"


def known(choice: CorpusChoice) -> Known:
    """Of a series that is on this machine.

    Raises:
        LabError: it is not, or too short.
    """
    from lm_core.corpora import origin
    from lm_core.home import home_folder

    came = str(home_folder()), [] if choice.name == NEW else origin(choice.name)
    return _known(choice.name, choice.text, str(came))


@st.cache_data(max_entries=8, show_spinner="Forecasting by direct formulas …")
def _known(name: str, sha: str, came: str) -> Known:
    import torch

    from lm_core.corpora import load_corpus
    from lm_core.corpora.own import load_own
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.series.baselines import baselines
    from lm_core.series.splits import season, windows

    corpus = load_own(sha) if name == NEW else load_corpus(name)
    data = CorpusSpec(name=name, text=sha, kind="series" if name == NEW else "")
    sizes = default_spec(data, FIRST).task
    cut = windows(corpus.splits, sizes.n_seen, sizes.n_ahead)
    part = cut["validation"]
    steps = season(part.minutes)
    made = baselines(cut["train"].seen, cut["train"].following, part.seen, steps)

    def unscaled(one: torch.Tensor) -> "np.ndarray":
        return (one * part.std + part.mean).numpy()

    lengths = [len(corpus.splits[one].values) for one in ("train", "validation")]
    first = corpus.splits["train"]
    return Known(
        values=torch.cat([one.values for one in corpus.splits.values()]).numpy(),
        ends=(lengths[0], sum(lengths)),
        begin=first.begin,
        minutes=first.minutes,
        unit=first.unit,
        seen=unscaled(part.seen),
        following=unscaled(part.following),
        window=part.begin,
        std=part.std,
        season=steps,
        said={NAMES[one]: unscaled(said) for one, said in made.items()},
    )


def learned(choice: CorpusChoice) -> "list[Choice]":
    """The visitor's models of that series with the usual windows, the latest first."""
    found = []
    for one in models.own():
        data = one.card.get("spec", {}).get("data", {})
        same = (data.get("name"), data.get("text", "")) == (choice.name, choice.text)
        if one.task == TASK and same:
            found.append(one)
    return found[:MOST]


def forecast_of(choice: "Choice", about: Known) -> "np.ndarray | None":
    """Its forecasts of the validation windows, (N, n_ahead) in the unit; None where its windows
    are others."""
    sizes = choice.card.get("sizes", {})
    if (sizes.get("n_seen"), sizes.get("n_ahead")) != (
        about.seen.shape[1],
        about.following.shape[1],
    ):
        return None
    return _forecast(str(choice.folder), models.stamp(choice), about.ends[0])


@st.cache_data(max_entries=12, show_spinner="The model forecasts …")
def _forecast(folder: str, stamp: float, length: int) -> "np.ndarray":
    from lm_core.checkpoints import load_checkpoint
    from lm_core.runs.prepare import load_text
    from lm_core.runs.spec import text_of
    from lm_core.series.splits import windows
    from lm_core.tasks.forecast import forecasts

    saved = load_checkpoint(folder)
    sizes = saved.codec.sizes
    corpus = load_text(text_of(saved.meta))
    part = windows(corpus.splits, sizes["n_seen"], sizes["n_ahead"])["validation"]
    return (forecasts(saved.model.eval(), part.seen) * part.std + part.mean).numpy()
