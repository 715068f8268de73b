"""The figures of a run: how far it is, how good, how fast."""

import math
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.train.curves import measure_of, withheld

if TYPE_CHECKING:
    from lm_core.doctor.judgement import Judgement
    from lm_core.runs.store import Run, RunStore

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


def run_figures(
    store: "RunStore", run: "Run", judgement: "Judgement", kept: tuple[int, float] | None
) -> None:
    """Step, time left, speed; validation in nats, as a perplexity, and in bits. Of fixed widths, so
    that nothing moves: one line on a wide page, two on a telephone."""
    from lm_core.charts.words import duration, human, nats
    from lm_core.runs.queue import seconds_left
    from lm_core.training.events import Step

    step, known = store.last(Step, run.id), judgement.headline
    at = "at step"
    if kept and not run.active:
        at, known = "kept, step", kept
    left = seconds_left(store, run) if run.active else None
    with st.container(horizontal=True, gap="small", key="train-figures"):
        st.metric("Step", f"{step['step']:,}" if step else "–", help=STEP, width=96)
        st.metric("Time left", "–" if left is None else duration(left), width=100)
        speed = human(step["tokens_per_second"]) if step else "–"
        st.metric("Tokens / s", speed, width=112)
        loss = math.nan if known is None else known[1]
        of = {name: float(measure_of(run, name).of(loss)) for name in ("perplexity", "bits")}
        kept_back = withheld(run)
        why = f" Withheld: {kept_back}" if kept_back else ""
        for label, value, help_, width in (
            ("Validation, nats", loss, NATS, 158),
            ("Perplexity", of["perplexity"], PERPLEXITY, 112),
            ("Bits per character", of["bits"], BITS + why, 158),
        ):
            st.metric(
                label,
                "–" if math.isnan(value) else nats(value),
                "not yet" if known is None else f"{at} {known[0]:,}",
                delta_color="off",
                delta_arrow="off",
                help=help_,
                width=width,
            )
