"""Play: a game of one's own, as an ordinary run of the lab."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import session
from pages._ui.shared.alone import alone
from pages._ui.shared.open_run import TRAINED
from pages._ui.shared.plain import plain
from pages._ui.shared.standing import paced
from pages._ui.shared.starting import form_link

if TYPE_CHECKING:
    from lm_core.runs.spec import RunSpec
    from lm_core.runs.store import Run

DATA = {
    "points-gaussians": "Eight heaps of points",
    "points-ring": "A ring of points",
    "points-moons": "Two moons of points",
    "digits": "Digits, 8 × 8",
}
LOSSES = ("non-saturating", "saturating")
MOMENTUM = {"adam-half": "half (0.5)", "adam": "full (0.9)"}
STEPS = (300, 1000, 2000, 4000)
LOOK_SECONDS = 2.0
BIND = "query-params"


def show() -> None:
    """The part of the screen."""
    st.write(
        "Both networks have an optimizer of their own and step in turn. A run like any other: the "
        "queue, the curve on Train, a checkpoint. On points its steps can be looked back at under "
        "*The game*; digits that it makes are under *Digits*."
    )
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    data = left.selectbox(
        "Real things", list(DATA), format_func=DATA.__getitem__, key="gan-data", bind=BIND
    )
    loss = middle.selectbox("Maker's loss", LOSSES, key="gan-loss", bind=BIND)
    k = right.number_input("Steps of the judge", 1, 20, 1, key="gan-k", bind=BIND)
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    momentum = left.selectbox(
        "Momentum", list(MOMENTUM), format_func=MOMENTUM.__getitem__, key="gan-momentum", bind=BIND
    )
    steps = middle.selectbox(
        "Steps", STEPS, 1, format_func=lambda n: f"{n:,}", key="gan-steps", bind="query-params"
    )
    spec = spec_of(data, loss, int(k), momentum, steps)
    pressed = right.button("Start", type="primary", key="gan-start", width="stretch")
    form_link(spec, data)
    if pressed:
        title = f"GAN: {DATA[data]}, {loss}, k = {k}"
        session.manager().start(spec, session.visitor(), title=title)
    active = any(run.active for run in runs_of())
    alone(_panel, run_every=paced(LOOK_SECONDS) if active else None)(active)


def spec_of(data: str, loss: str, k: int, momentum: str, steps: int) -> "RunSpec":
    """The settings of a game."""
    from dataclasses import replace

    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.training import Budget

    family = "dcgan" if data == "digits" else "gan"
    usual = default_spec(CorpusSpec(name=data), family, budget=Budget(steps=steps))
    return replace(
        usual,
        task=replace(usual.task, loss=loss, k=k),
        train=replace(usual.train, optimizer=momentum),
    )


def runs_of() -> "list[Run]":
    """The visitor's games, newest first."""
    runs = session.manager().store.runs_of(session.visitor())
    return [run for run in runs if run.spec.get("model", {}).get("name") in ("gan", "dcgan")]


def _panel(was_active: bool) -> None:
    from lm_core.training.events import Evaluated

    with session.mending():
        found = runs_of()
        if was_active and not any(run.active for run in found):
            st.rerun()
        if not found:
            st.caption("Your games will stand here.")
        for run in found[:6]:
            TRAINED.link(run.id, f"{plain(run.title)}: {run.status}")
            last = session.manager().store.last(Evaluated, run.id)
            if last:
                figures, blind = last["metrics"], run.facts.get("blind", float("nan"))
                st.caption(
                    f"Step {last['step']:,}: energy distance {last['nats']:.3f} (who always makes "
                    f"the mean: {blind:.3f}), D of real "
                    f"{figures.get('D of real', 0):.2f} and of made "
                    f"{figures.get('D of made', 0):.2f}, coverage {figures.get('coverage', 0):.2f}."
                )
