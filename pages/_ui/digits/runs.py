"""Train: ordinary runs of the lab, each a question about pictures, and where they stand."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared import session
from pages._ui.shared.alone import alone
from pages._ui.shared.open_run import TRAINED
from pages._ui.shared.plain import plain
from pages._ui.shared.standing import paced
from pages._ui.shared.starting import form_link
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.runs.spec import RunSpec
    from lm_core.runs.store import Run

LOOK_SECONDS = 2.0


@dataclass(frozen=True)
class Question:
    """A run that answers something."""

    title: str
    why: str
    corpus: str = "digits"
    family: str = "convolution"
    steps: int = 600
    task: dict[str, Any] = field(default_factory=dict)
    model: dict[str, Any] = field(default_factory=dict)

    def spec(self) -> "RunSpec":
        """Its settings."""
        from dataclasses import replace

        from lm_core.runs.presets import default_spec
        from lm_core.runs.spec import CorpusSpec
        from lm_core.training import Budget

        usual = default_spec(
            CorpusSpec(name=self.corpus), self.family, budget=Budget(steps=self.steps)
        )
        return replace(
            usual,
            task=replace(usual.task, **self.task),
            model=replace(usual.model, **self.model),
        )


QUESTIONS = {
    "usual": Question("The usual network", "About 98 of 100 are right after 600 steps."),
    "copies": Question(
        "Changed copies",
        "The same pictures, shifted a little each time: does it learn more from as few?",
        task={"augment": "shift"},
        steps=1000,
    ),
    "mirror": Question(
        "Mirrored copies",
        "A change that breaks the class: what does it cost?",
        task={"augment": "flip"},
    ),
    "noise": Question(
        "Noisy pictures",
        "Learned and judged with noise of 0.4: compare with the curve under Noise, of a network "
        "that never saw any.",
        task={"noise": 0.4},
    ),
    "again": Question(
        "Mended pictures",
        "The same noise, but every picture goes through the denoising autoencoder first: which of "
        "the two is right more often? Under Noise they stand side by side.",
        task={"noise": 0.4, "mended": True},
        steps=400,
    ),
    "rare": Question(
        "Rare classes",
        "Of the nines one in fifty is left: accuracy and mean F1 part.",
        task={"imbalance": 50.0},
    ),
    "weighed": Question(
        "Rare classes, weighed",
        "The same, but a mistake on a rare class costs more.",
        task={"imbalance": 50.0, "weighted": True},
    ),
    "mend": Question(
        "Mend pictures",
        "A denoising autoencoder: noise of 0.5.",
        family="autoencoder",
        steps=1500,
    ),
    "halves": Question(
        "Two inputs, two outputs",
        "The upper and the lower half of a digit are read apart; asked are its kind and the digit. "
        "More about it under “Two inputs”.",
        corpus="digit-halves",
        family="two-input",
    ),
    "large": Question(
        "28 × 28 pixels",
        "4,000 of MNIST with changed copies: three minutes, and 98 of 100 are right.",
        corpus="mnist-5k",
        steps=1400,
        task={"augment": "shift, turn, scale"},
        model={"dropout": 0.2},
    ),
}


def show() -> None:
    """The part of the screen."""
    st.write(
        "Each of these is an ordinary run: it goes through the queue, and Train shows its curve, "
        "its settings and what it takes for what. Every one asks a question."
    )
    chosen = st.selectbox(
        "Question",
        list(QUESTIONS),
        format_func=lambda name: QUESTIONS[name].title,
        key="digits-question",
        bind="query-params",
    )
    question = QUESTIONS[chosen]
    missing = _missing(question.corpus)
    st.write(question.why)
    if missing:
        st.info(missing)
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button("Start", type="primary", key="digits-start", disabled=bool(missing))
        spec = question.spec()
        form_link(spec, question.corpus)
    if pressed:
        session.manager().start(spec, session.visitor(), title=f"Digits: {question.title}")
    active = any(run.active for _, run in runs_of())
    alone(_panel, run_every=paced(LOOK_SECONDS) if active else None)(active)


def _missing(corpus: str) -> str:
    """What to install, in a sentence; "" where all is here."""
    from lm_core.corpora import corpora

    said = (source.missing for source in corpora[corpus].extra["sources"]())
    return next((one for one in said if one), "")


def runs_of() -> "list[tuple[str, Run]]":
    """The visitor's runs of these questions, newest first."""
    from lm_core.json_files import dumps

    known = {
        dumps(one.spec().to_dict() | {"seed": 0}, sort_keys=True): name
        for name, one in QUESTIONS.items()
    }
    runs = session.manager().store.runs_of(session.visitor())
    found = ((known.get(dumps(run.spec | {"seed": 0}, sort_keys=True)), run) for run in runs)
    return [(name, run) for name, run in found if name is not None]


def _panel(was_active: bool) -> None:
    import pandas as pd

    from lm_core.training.events import Evaluated

    with session.mending():
        found = runs_of()
        if was_active and not any(run.active for _, run in found):
            st.rerun()
        if not found:
            st.caption("Your runs of these questions will stand here, with what they came to.")
            return
        rows = []
        for name, run in found:
            last = session.manager().store.last(Evaluated, run.id)
            row = {"question": QUESTIONS[name].title, "state": run.status}
            row["steps"] = last["step"] if last else 0
            row["loss"] = round(last["nats"], 3) if last else None
            row["loss of a blind guess"] = round(run.facts.get("blind", float("nan")), 3)
            for figure, value in (last["metrics"] if last else {}).items():
                row[figure] = round(value, 3)
            rows.append(row)
        show_table(pd.DataFrame(rows), key="digits-runs")
        for name, run in found[:6]:
            TRAINED.link(run.id, f"{plain(QUESTIONS[name].title)}: {run.status}")
