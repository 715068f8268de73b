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
BITS = "The same surprise in bits: one bit is 0.69 nats, the surprise of a fair coin."


def run_figures(store: "RunStore", run: "Run") -> None:
    """Step, time left, speed, validation, bits. Of fixed widths, so that nothing moves: one line
    on a wide page, two on a telephone."""
    from lm_core.charts.words import duration, human, nats
    from lm_core.runs.worker import unit_of
    from lm_core.training.events import Evaluated, Step

    step, scored = store.last(Step, run.id), store.last(Evaluated, run.id)
    unit = run.facts.get("unit") or unit_of(run.spec["tokenizer"]["name"])
    per = unit.removeprefix("nats per ")
    loss = None if scored is None else scored["nats"]
    left = seconds_left(run, step) if run.active else None
    with st.container(horizontal=True, gap="small", key="train-figures"):
        st.metric("Step", f"{step['step']:,}" if step else "–", width=96)
        st.metric("Time left", "–" if left is None else duration(left), width=100)
        speed = human(step["tokens_per_second"]) if step else "–"
        st.metric("Tokens / s", speed, width=112)
        known = loss is not None and math.isfinite(loss)
        st.metric("Validation, nats", nats(loss) if known else "–", help=NATS, width=158)
        bits = f"{loss / math.log(2):.2f}" if known else "–"
        st.metric(f"Bits per {per}", bits, help=BITS, width=158)


def seconds_left(run: "Run", step: dict | None) -> float | None:
    """From how much of the budget the last step had used."""
    from lm_core.models import models

    budget = run.spec["budget"]
    if step is None or not step["seconds"]:
        return budget.get("seconds")
    if "seconds" in budget:
        return max(0.0, budget["seconds"] - step["seconds"])
    done, asked = ("step", "steps") if "steps" in budget else ("tokens", "tokens")
    if models[run.spec["model"]["name"]].build.learns_by == "counting" or not step[done]:
        return None
    return max(0.0, step["seconds"] / step[done] * (budget[asked] - step[done]))
