"""Full batch, mini-batch and single example: three networks that begin alike, learning live."""

import time
from dataclasses import dataclass
from math import ceil, isfinite
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.foundations.mlp_form import Task
from pages._ui.shared import session
from pages._ui.shared.alone import alone
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.foundations.regimes import Learner

RACE = "mlp-race"
TICK, WORK = 0.4, 0.25  # seconds between two looks at the training, and of work for each
EPOCHS = 100
OVER = {"epoch": "Over epochs", "steps": "Over steps"}
LOSS = {"train": "Training loss", "validation": "Validation loss"}


@dataclass
class Race:
    """Three learners in this visitor's session."""

    of: tuple
    learners: "list[Learner]"
    going: bool = False

    @property
    def epochs(self) -> int:
        """Of who is furthest."""
        return max(len(one.points) for one in self.learners) - 1

    @property
    def done(self) -> bool:
        return self.epochs >= EPOCHS or all(one.trouble for one in self.learners)

    def epoch(self) -> None:
        """Each once through all examples."""
        if not self.done:
            for one in self.learners:
                one.epoch()
        self.going = self.going and not self.done

    def work(self) -> None:
        """Epochs for a moment, one at least."""
        until = time.monotonic() + WORK
        self.epoch()
        while self.going and time.monotonic() < until:
            self.epoch()


def race_of(task: Task) -> Race:
    """The session's, begun anew where something else was chosen."""
    from lm_core.foundations.regimes import learners

    kept = st.session_state.get(RACE)
    if kept is None or kept.of != task.of:
        classes = len(task.found.classes)
        kept = Race(task.of, learners(task.settings, task.prepared, classes))
        st.session_state[RACE] = kept
    return kept


def show(task: Task) -> None:
    """The part of the screen."""
    from lm_core.foundations import numpy_mlp

    race = race_of(task)
    alone(_live, run_every=TICK if race.going else None)(task, race, race.going)
    show_source(numpy_mlp, "The code: forward, backward, train")


def _go() -> None:
    st.session_state[RACE].going = True


def _stop() -> None:
    st.session_state[RACE].going = False


def _once() -> None:
    st.session_state[RACE].epoch()


def _anew() -> None:
    st.session_state.pop(RACE, None)


def _live(task: Task, race: Race, clock: bool) -> None:
    """The training: its buttons, its curves, its table, its regions.

    Args:
        clock: whether it went on when the page was drawn, and so is drawn again by itself.
    """
    with session.mending():
        if race.going:
            race.work()
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            if race.going:
                st.button("Stop", type="primary", on_click=_stop, key="mlp-stop")
            else:
                name = "Go on" if race.epochs else "Learn"
                st.button(name, type="primary", on_click=_go, disabled=race.done, key="mlp-go")
            shut = race.going or race.done
            st.button("One epoch", on_click=_once, disabled=shut, key="mlp-once")
            st.button("Begin anew", on_click=_anew, key="mlp-anew")
        st.progress(race.epochs / EPOCHS, text=f"Epoch {race.epochs} of {EPOCHS}")
        for one in race.learners:
            if one.trouble:
                st.warning(f"{one.regime}: {plain(one.trouble)}")
        _curves(race)
        _table(task, race)
        if len(task.found.features) == 2:
            _regions(task, race)
        _noticed(task, race)
        if clock != race.going:
            st.rerun()  # the clock begins and stops with the whole page


def _curves(race: Race) -> None:
    from lm_core.charts.function_lines import Curve, function_lines

    with st.container(horizontal=True, gap="medium"):
        which = switch("Which loss", LOSS, key="mlp-loss")
        over = switch("Over what", OVER, key="mlp-over")
    curves = [
        Curve(
            one.regime,
            [getattr(point, over) for point in one.points],
            [getattr(point, which) for point in one.points],
        )
        for one in race.learners
    ]
    words = {"epoch": "epochs (each example once)", "steps": "steps (updates of the weights)"}
    chart = function_lines(curves, title=LOSS[which], x=words[over], y="nats per example")
    # Axes that stand still while the curves grow: to the end, and in halves of a nat.
    if over == "epoch":
        chart.figure.update_xaxes(range=[-1, EPOCHS + 1])
    elif most := max(one.points[-1].steps / max(1, one.points[-1].epoch) for one in race.learners):
        chart.figure.update_xaxes(range=[0, most * EPOCHS])
    highest = max([1.0, *(y for curve in curves for y in curve.y if isfinite(y))])
    chart.figure.update_yaxes(range=[0, ceil(2 * highest) / 2])
    show_chart(chart, key="mlp-curves", alt="The losses of three ways to learn, as they fall.")


def _table(task: Task, race: Race) -> None:
    import numpy as np
    import pandas as pd

    x, y = task.prepared.x["test"], task.prepared.y["test"]
    rows = []
    for one in race.learners:
        last = one.points[-1]
        rows.append(
            (
                one.regime,
                last.steps,
                last.train,
                last.validation,
                last.accuracy,
                one.model.accuracy(x, y),
            )
        )
    columns = ["way to learn", "steps", "training loss", "validation loss", "right (validation)"]
    table = pd.DataFrame(rows, columns=[*columns, "right (test)"])
    show_table(table, key="mlp-table", places=4)
    always = (y == np.bincount(task.prepared.y["train"]).argmax()).mean()
    st.caption(f"Who always says the commonest class is right in {always:.4f} of the test rows.")


def _regions(task: Task, race: Race) -> None:
    from lm_core.charts.class_regions import class_regions
    from lm_core.foundations.regimes import regions

    prepared = task.prepared
    x, y = prepared.x["train"], prepared.y["train"]
    pad = 0.08 * (x.max(0) - x.min(0))
    low, high = x.min(0) - pad, x.max(0) + pad
    one, other = task.found.features
    for side, learner in zip(st.columns(3), race.learners, strict=True):
        a, b, said = regions(learner.model, low, high)
        with side:
            chart = class_regions(
                a * prepared.width[0] + prepared.centre[0],
                b * prepared.width[1] + prepared.centre[1],
                said,
                x * prepared.width + prepared.centre,
                y,
                task.found.classes,
                title=learner.regime,
                names=(one, other),
                height=340,
            )
            alt = f"What {learner.regime} says of each place."
            show_chart(chart, key=f"mlp-regions-{learner.regime}", alt=alt)


def _noticed(task: Task, race: Race) -> None:
    N = len(task.prepared.y["train"])
    network = race.learners[0].model
    sizes = " → ".join(
        map(str, [W.shape[0] for W in network.weights] + [network.weights[-1].shape[1]])
    )
    full, mini, single = (one.points[-1] for one in race.learners)
    st.caption(f"The network: {sizes}, {network.n_parameters:,} parameters.")
    best = max(race.learners, key=lambda one: -one.points[-1].train)
    if not race.epochs:
        st.markdown(
            f"**Guess first.** All three begin with the same weights and see the same {N:,} "
            "examples in each epoch. Which loss will fall fastest over epochs, and which over "
            "steps?"
        )
        return
    st.markdown(
        f"**What to notice.** In {race.epochs} epochs the full batch has made {full.steps:,} "
        f"steps, mini-batches {mini.steps:,}, single examples {single.steps:,}. Lowest now: "
        f"{best.regime}. Over epochs, many small steps win; over steps, one that has seen more "
        "examples points better, and a single example makes the loss jump about. Try wine as it "
        "is, without scaling: one measurement is a thousand times as large as another, and nothing "
        "is learned."
    )
