"""The test split of a run that has ended: a button that measures it once, and the figures ever
after, beside those of validation."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.runs.per_character import of_tokens
from pages._ui.shared.alone import alone
from pages._ui.shared.plain import plain
from pages._ui.train.beside import EVERY, asides

if TYPE_CHECKING:
    from lm_core.runs.final_score import FinalScore
    from lm_core.runs.store import Run, RunStore

WHY_ONCE = (
    "Kept for the very end. Whoever chooses by the test split trains on it, and then nothing is "
    "left to tell how good a model is on what is new: so compare by validation, and "
    "measure this once."
)


def run_tested(store: "RunStore", run: "Run") -> None:
    """What the test split gave; else a button for it, or why there is none."""
    from lm_core.runs.final_score import final_score, why_not
    from lm_core.runs.training_run import has_checkpoint

    if run.active or run.parent or run.kind != "train":
        return
    if not has_checkpoint(store.run_folder(run.id) / "checkpoint"):
        return  # it ended before it had learned anything
    kept = final_score(store, run)
    if kept is not None:
        _figures(run, kept)
        return
    job = asides().of(_key(run))
    going = job is not None and job.running
    if not going and (why := why_not(store, run)):
        st.caption(plain(why))
        return
    alone(_measure, run_every=EVERY if going else None)(store, run, going)


def _key(run: "Run") -> tuple[str, str]:
    return "test", run.id


def _measure(store: "RunStore", run: "Run", going: bool) -> None:
    """`going`: whether it was being measured when the page was drawn."""
    from lm_core.runs.final_score import command, keep

    jobs = asides()
    job = jobs.of(_key(run))
    button, beside = st.columns([2, 5], vertical_alignment="center")
    with button:
        if job is not None and job.running:
            waits = "waits for another" if job.seconds is None else f"{job.seconds:.0f} s"
            beside.caption(f"Measuring all of the test split, with the weights it kept … {waits}")
            if st.button("Cancel", key="train-test-cancel"):
                jobs.forget(_key(run))
                st.rerun()
            return
        if going:
            st.rerun()  # it has ended: there is nothing to look at any more
        if st.button("Measure on the test split, once", key="train-test-measure"):
            jobs.start(_key(run), *command(store, run), done=partial(keep, store, run))
            st.rerun()
        beside.caption(WHY_ONCE)
    if job is not None and job.error:
        st.error(plain(job.error))
    elif job is not None:
        jobs.forget(_key(run))
        job.check()


def _figures(run: "Run", kept: "FinalScore") -> None:
    from lm_core.charts.words import nats

    with st.container(horizontal=True, gap="small", key="train-figures-test"):
        if of_tokens(run):
            st.metric("Test, nats", nats(kept.nats), help=WHY_ONCE, width=158)
            st.metric("Test perplexity", nats(kept.perplexity), width=158)
            bits = "–" if kept.bits is None else nats(kept.bits)
            st.metric("Test, bits per character", bits, width=200)
        else:
            for name, value in kept.metrics.items():
                st.metric(f"Test, {name}", nats(value), help=WHY_ONCE, width=158)
    gone = "" if kept.now else ", which are not those it has now"
    same = ""
    if kept.validation is not None:
        same = (
            f" Validation, by which one chooses, gave {nats(kept.validation)} for the same weights."
        )
    st.caption(
        f"The test split, measured once on all of its {kept.tokens:,} tokens with the weights of "
        f"step {kept.step:,}{gone}. Nothing was chosen by it: this is the figure to report.{same}"
    )
