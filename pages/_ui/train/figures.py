"""The figures of a run: how far it is, how good, how fast."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.runs.per_character import of_tokens, withheld
from pages._ui.shared import session
from pages._ui.train.curves import figures_of, measure_of, shown_as, unit_of

if TYPE_CHECKING:
    from lm_core.doctor.judgement import Judgement
    from lm_core.runs.store import Run
    from pages._ui.train.points import Shown

STEP = "Steps taken: each is one look at a little text and one small correction."
NATS = (
    "At the last evaluation, and in the end that of what is kept, on more of the text: how "
    "surprised it is by text it never learned from, in nats: 0 is never surprised; 0.69 nats more, "
    "and it gives what comes next half the probability."
)
BITS = (
    "The same surprise per character of text, whatever it is cut into, in bits: one bit is the "
    "surprise of a fair coin, 0.69 nats."
)
PERPLEXITY = (
    "e to the power of the nats: it is as unsure as somebody who throws a fair die of so many "
    "sides for each token. It compares runs that cut the text alike; of others compare the bits."
)
LOSS = "at the last evaluation, and in the end that of what is kept; the lower the better."


def run_figures(run: "Run", shown: "Shown", judgement: "Judgement") -> None:
    """Step, time left, speed; of a text validation in nats, as a perplexity, and in bits, else the
    loss and the figures of the task. Of fixed widths, so that nothing moves: one line on a wide
    page, two on a telephone."""
    from lm_core.charts.words import duration, human, nats
    from lm_core.runs.queue import seconds_left
    from lm_core.training.events import Step

    store = session.manager().store
    step, known = store.last(Step, run.id), judgement.headline
    kept = None if run.active else shown.kept
    outlook = session.manager().outlook(run.id) if run.active else None  # it lags behind an end
    left = outlook.done if outlook else seconds_left(store, run) if run.active else None
    with st.container(horizontal=True, gap="xsmall", key="train-figures"):
        st.metric("Step", f"{step['step']:,}" if step else "–", help=STEP, width=96)
        st.metric("Time left", "–" if left is None else duration(left), width=84)
        speed = human(step["tokens_per_second"]) if step else "–"
        st.metric("Tokens / s" if of_tokens(run) else "Targets / s", speed, width=96)
        for label, value, at_step, help_, width in _quality(run, shown, kept or known):
            at = "kept, step" if kept and at_step == kept[0] else "at step"
            st.metric(
                label,
                "–" if math.isnan(value) else nats(value),
                "not yet" if at_step is None else f"{at} {at_step:,}",
                delta_color="off",
                delta_arrow="off",
                help=help_,
                width=width,
            )


def _quality(
    run: "Run", shown: "Shown", known: tuple[int, float] | None
) -> Iterator[tuple[str, float, int | None, str, int]]:
    """How good it is: label, value, step, help, width in pixels."""
    step, loss = (None, math.nan) if known is None else known
    if of_tokens(run):
        of = {name: float(measure_of(run, name).of(loss)) for name in ("perplexity", "bits")}
        kept_back = withheld(run)
        why = f" Withheld: {kept_back}" if kept_back else ""
        yield "Validation, nats", loss, step, NATS, 152
        yield "Perplexity", of["perplexity"], step, PERPLEXITY, 124
        yield "Bits per character", of["bits"], step, BITS + why, 140
    else:
        judge = run.facts.get("judge", "loss")
        yield f"Validation, {judge}", loss, step, f"The loss, {unit_of(run)}: {LOSS}", 160
    for name, unit in figures_of(run).items():
        if not shown.may_have(name):
            continue
        values = shown.figure(name)
        at, value = values[-1] if values else (None, math.nan)
        yield shown_as(name), value, at, f"At the last evaluation: {unit}.", 124
