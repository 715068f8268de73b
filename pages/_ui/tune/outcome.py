"""What adapting a model won and lost, against the model that it started from."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable, visible
from pages._ui.shared import models
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table
from pages._ui.tune import classes

if TYPE_CHECKING:
    from lm_core.adapt.gain import Change
    from lm_core.adapt.update import Update
    from lm_core.checkpoints import Checkpoint
    from lm_core.runs.tuned import Outcome
    from pages._ui.shared.models import Choice

SCORED = 8_000  # tokens of each validation split


def outcome() -> None:
    """A run of the visitor's that started from a trained model, beside that model."""
    tuned = [
        choice
        for choice in models.own()
        if (choice.of_tokens or choice.task == classes.TASK)
        and choice.card.get("spec", {}).get("start", {}).get("folder")
    ]
    if not tuned:
        st.info("Nothing was adapted yet: choose a model, a text and a method, and press Start.")
        return
    choice = models.pick(tuned, models.labels(tuned), key="tune-run", label="Adapted model")
    if choice.task == classes.TASK:
        classes.show(choice, tuned)
    else:
        measured(choice)
        samples(choice)
    method = choice.card["spec"]["start"].get("method", "full")
    if method == "soft-prompt":
        virtual_tokens(choice)
    else:
        directions(choice)


def measured(choice: "Choice") -> None:
    """Gain and forgetting, in nats per token."""
    st.header("Won and lost")
    with st.spinner("Scoring both models on both texts …"):
        found = outcomes(str(choice.folder), models.stamp(choice))
    gain, lost = found.gain, found.forgetting
    places = st.columns(2)
    if gain is not None:
        places[0].metric(
            "Gain on the new text", f"{gain.less:+.3f} nats", help="Nats per token before - after."
        )
        places[0].caption(before_and_after(gain))
    if lost is not None:
        places[1].metric(
            "Forgotten of the old text",
            f"{-lost.less:+.3f} nats",
            help="Nats per token after - before: above 0 it says the old text less well.",
        )
        places[1].caption(before_and_after(lost))
    else:
        places[1].caption(
            "The old text is not on this machine, so what was forgotten of it is not measured: "
            "the Dataset explorer gets texts that can be downloaded."
        )
    tokens = next((one.tokens for one in (gain, lost) if one is not None), 0)
    st.caption(
        f"Measured now on an evenly spread part of each validation split, about {tokens:,} tokens."
    )


def before_and_after(change: "Change") -> str:
    """Both scores, in nats and as perplexities."""
    from lm_core.charts.words import nats
    from lm_core.figures import perplexity

    was, now = (nats(perplexity(one)) for one in (change.before, change.after))
    return (
        f"{change.before:.3f} before, {change.after:.3f} after: perplexity {was} before, {now} "
        "after."
    )


def samples(choice: "Choice") -> None:
    """What both write with the same seed."""
    st.header("What it writes")
    seed = st.number_input(
        "Seed of the writing", 0, 2**31 - 1, 0, key="tune-sample-seed", bind="query-params"
    )
    before, after = st.columns(2)
    texts = written(str(choice.folder), models.stamp(choice), int(seed))
    for place, name, text in zip((before, after), ("Before", "After"), texts, strict=True):
        with place, st.container(border=True, height="stretch"):
            st.markdown(f"**{name}**")
            st.code(readable(text), language=None, wrap_lines=True)


def directions(choice: "Choice") -> None:
    """The singular values of the change of one matrix, with a rank drawn on them."""
    from lm_core.charts.update import singular_values
    from lm_core.figures import percent

    st.header("How many directions the change has")
    found = changes(str(choice.folder), models.stamp(choice))
    moved = [one for one in found if one.norm]
    if not moved:
        st.write("No matrix has changed: what learned is no matrix, or nothing learned.")
        return
    names = [one.name for one in moved]
    places = st.columns(2)
    name = places[0].selectbox("Matrix", names, key="tune-matrix", bind="query-params")
    one = moved[names.index(name)]
    rank = places[1].slider(
        "Rank of a LoRA",
        1,
        len(one.values),
        min(8, len(one.values)),
        key="tune-directions-rank",
        bind="query-params",
    )
    left = one.left_out(rank)
    show_chart(
        singular_values(one.values.tolist(), name=one.name, rank=rank, left_out=left),
        key="tune-directions",
    )
    said = (
        f"**What to notice:** a change of rank {rank} would leave out {percent(left)} of this one."
    )
    if one.norm_before:
        said += (
            f" Weighed by their squares the directions count as {one.effective_rank:.1f}, of "
            f"{len(one.values)}; the change is {percent(one.norm / one.norm_before)} as large as "
            "the matrix."
        )
    st.markdown(said)


def virtual_tokens(choice: "Choice") -> None:
    """The real tokens that each virtual one is most alike to."""
    import pandas as pd

    from lm_core.adapt.soft_prompt import nearest_tokens

    st.header("The virtual tokens")
    saved = models.load(choice)
    found = nearest_tokens(saved.model)
    rows = [
        {"virtual token": place + 1}
        | {
            f"nearest {k + 1}": f"{visible(saved.tokenizer.token_text(int(i)))} ({float(c):.2f})"
            for k, (i, c) in enumerate(zip(ids, cosines, strict=True))
        }
        for place, (ids, cosines) in enumerate(zip(found.ids, found.cosines, strict=True))
    ]
    show_table(pd.DataFrame(rows), key="tune-virtual")
    st.caption(
        "In brackets the cosine between the two vectors: 1 is the same direction. A prompt that "
        "has learned need not be near any real token."
    )


@st.cache_data(max_entries=32, show_spinner=False)
def outcomes(folder: str, stamp: float) -> "Outcome":
    """Scored by parts of both validation splits."""
    from lm_core.runs.prepare import prepare
    from lm_core.runs.spec import RunSpec
    from lm_core.runs.tuned import outcome as measure

    _, saved = _both(folder, stamp)
    spec = RunSpec.from_dict(saved.meta["spec"])
    return measure(prepare(spec), saved.model, most=SCORED)


@st.cache_data(max_entries=64, show_spinner="Both write …")
def written(folder: str, stamp: float, seed: int) -> tuple[str, str]:
    """What the model that it started from writes, and what it writes now."""
    from lm_core.tasks.samples import write_sample

    both = _both(folder, stamp)
    items = both[1].items
    before, after = (
        write_sample(one.model, one.tokenizer, seed=seed, items=items)[0] for one in both
    )
    return before, after


@st.cache_data(max_entries=16, show_spinner="Comparing the matrices …")
def changes(folder: str, stamp: float) -> "list[Update]":
    """Of every matrix."""
    from lm_core.adapt.update import updates

    before, after = _both(folder, stamp)
    return updates(before.model, after.model)


@st.cache_resource(max_entries=4, show_spinner=False)
def _both(folder: str, stamp: float) -> "tuple[Checkpoint, Checkpoint]":
    """The model that it started from, and what became of it."""
    from lm_core.checkpoints import load_checkpoint
    from lm_core.runs.spec import RunSpec
    from lm_core.runs.starting import started

    after = load_checkpoint(folder)
    return started(RunSpec.from_dict(after.meta["spec"])), after
