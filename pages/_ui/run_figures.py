"""The figures of a run: how far it is, how good, how fast."""

import math
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from lm_core.runs.store import Run, RunStore

NATS = (
    "How surprised it is by text it never learned from, in nats: 0 is never surprised; 0.69 nats "
    "more, and it gives what comes next half the probability."
)
BITS = (
    "The same surprise per character of text, whatever it is cut into, in bits: one bit is the "
    "surprise of a fair coin, 0.69 nats."
)
PERPLEXITY = (
    "e to the power of the nats: it is as unsure as somebody who throws a fair die of so many "
    "sides for each token. It compares runs that cut the text alike; of others compare the bits."
)


def run_figures(store: "RunStore", run: "Run") -> None:
    """Step, time left, speed; validation in nats, as a perplexity, and in bits. Of fixed widths, so
    that nothing moves: one line on a wide page, two on a telephone."""
    from lm_core.charts.words import duration, human, nats
    from lm_core.runs.queue import seconds_left
    from lm_core.training.events import Evaluated, Step
    from pages._ui.run_curves import measure_of, withheld

    step, scored = store.last(Step, run.id), store.last(Evaluated, run.id)
    loss = None if scored is None else scored["nats"]
    left = seconds_left(store, run) if run.active else None
    with st.container(horizontal=True, gap="small", key="train-figures"):
        st.metric("Step", f"{step['step']:,}" if step else "–", width=96)
        st.metric("Time left", "–" if left is None else duration(left), width=100)
        speed = human(step["tokens_per_second"]) if step else "–"
        st.metric("Tokens / s", speed, width=112)
        known = loss is not None and not math.isnan(loss)
        at = f" Measured after step {scored['step']:,}." if known else ""
        st.metric("Validation, nats", nats(loss) if known else "–", help=NATS + at, width=158)
        choices = nats(float(measure_of(run, "perplexity").of(loss))) if known else "–"
        st.metric("Perplexity", choices, help=PERPLEXITY, width=112)
        kept_back = withheld(run)
        bits = nats(float(measure_of(run, "bits").of(loss))) if known else "–"
        why = f" Withheld: {kept_back}" if kept_back else ""
        st.metric("Bits per character", "–" if why else bits, help=BITS + why, width=158)
