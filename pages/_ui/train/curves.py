"""The live curves of one run: loss, learning rate, gradient, speed, each with a sentence."""

import math
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.runs.per_character import of_tokens, tokens_per_character, withheld
from pages._ui.shared.plain import plain
from pages._ui.shared.show import data_of, show_chart
from pages._ui.train.points import Shown
from pages._ui.train.steering import changes

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.charts.chart import Chart
    from lm_core.charts.measures import Measure
    from lm_core.doctor.judgement import Judgement
    from lm_core.runs.store import Run

LOSS = "Loss"
HEIGHT = 290  # pixels
SMOOTH = {"none": 0.0, "a little": 1 / 150, "some": 1 / 40, "much": 1 / 10}
MEASURES = {"nats": "Nats", "perplexity": "Perplexity", "bits": "Bits per character"}
UNITS = (
    "Nats: 0 is never surprised. Perplexity, e to the nats: among how many equally likely tokens "
    "it feels it must choose. Bits per character: the same surprise per piece of text, however "
    "the text is cut into tokens."
)


def run_choices(run: "Run", shown: Shown) -> "tuple[str, Measure, float]":
    """Which curve is drawn and how: view, unit of the loss, smoothing; what steers the run beside
    it."""
    from lm_core.charts.run_curves import NORM, RATE, SPEED
    from lm_core.runs.queue import counts

    named = _named(run, shown)
    views = [LOSS, *named, *([SPEED] if counts(run) else [RATE, NORM, SPEED])]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        view = st.segmented_control(
            "Curve",
            views,
            default=LOSS,
            required=True,
            label_visibility="collapsed",
            key="train-view",
            wrap=True,
            bind="query-params",
        )
        with st.popover("Scale", key="train-scale", type="tertiary"):
            measure, smoothing = scale(run)
        changes(run)
    return view, measure, smoothing


def run_curve(
    run: "Run",
    shown: Shown,
    judgement: "Judgement",
    view: str,
    measure: "Measure",
    smoothing: float,
) -> None:
    """The curve that is chosen, and a sentence that reads it aloud."""
    key = f"train-curve-{view}-{measure.unit}-{run.id}"
    within, named = view_of(key), _named(run, shown)
    if view == LOSS:
        chart = _loss(run, shown, measure, smoothing, within)
        says = judgement.reading.text
    elif view in named:
        chart = _figure(run, shown, named[view])
        says = chart.alt
    else:
        chart, says = _other(run, shown, view, within)
    draw(chart, says, key=key, live=run.active)


def _named(run: "Run", shown: Shown) -> dict[str, str]:
    """The curves of the task's figures: by what each is called, its name."""
    return {shown_as(name): name for name in figures_of(run) if shown.may_have(name)}


def scale(run: "Run") -> "tuple[Measure, float]":
    """The unit of the loss and how calm its curve is."""
    from lm_core.charts.zooming import HOW

    name = "nats"
    if of_tokens(run):
        name = st.segmented_control(
            "Unit of the loss",
            list(MEASURES),
            default="nats",
            required=True,
            format_func=MEASURES.__getitem__,
            key="train-measure",
            bind="query-params",
            help=UNITS,
        )
    smoothing = st.select_slider(
        "Smoothing",
        list(SMOOTH),
        "some",
        key="train-smooth",
        bind="query-params",
        help="Each step is drawn faint; the strong line is the mean of the steps just before.",
    )
    if name == "bits" and (reason := withheld(run)):
        st.caption(f"No bits per character here: {reason}")
    st.caption(HOW)
    return measure_of(run, name), SMOOTH[smoothing]


def measure_of(run: "Run", name: str) -> "Measure":
    """One of MEASURES for the tokens of this run."""
    from lm_core.charts.measures import Measure, measure

    if not of_tokens(run):
        return Measure(unit_of(run))
    return measure(name, per=per(run), tokens_per_character=tokens_per_character(run))


def per(run: "Run") -> str:
    """What a token of this run is: "character"."""
    return unit_of(run).removeprefix("nats per ")


def unit_of(run: "Run") -> str:
    """What its loss is counted in: "nats per character"."""
    from lm_core.tokenizers import tokenizers

    # What a run does not say yet, or an older one never said.
    return run.facts.get("unit") or f"nats per {tokenizers[run.spec['codec']['name']].build.unit}"


def figures_of(run: "Run") -> dict[str, str]:
    """What its task reports beside the loss, by name, and in what it is counted; of a text without
    the perplexity, which is a unit of the loss."""
    told = run.facts.get("metrics", {})
    return {k: v for k, v in told.items() if k != "perplexity" or not of_tokens(run)}


def shown_as(name: str) -> str:
    """What a figure is called on a button."""
    return f"{name[:1].upper()}{name[1:]}"


def blind(run: "Run") -> float | None:
    """The loss of guessing without looking; None until it is known."""
    if "vocab_size" in run.facts:  # as older runs say it
        return math.log(run.facts["vocab_size"])
    return run.facts.get("blind")


def view_of(key: str, x: str = "step") -> tuple[float, float] | None:
    """What part of a chart its reader has chosen to look at."""
    from lm_core.charts.zooming import seen

    return seen(st.session_state.get(key), x)


def draw(chart: "Chart", says: str, *, key: str, live: bool) -> None:
    """A chart that keeps its reader's view, its sentence, its data once it stands still."""
    from lm_core.charts.zooming import ZOOM

    show_chart(
        chart,
        key=key,
        table=False,
        alt=f"{chart.title}, read aloud in the line below it.",
        on_select="rerun",
        selection_mode=[ZOOM],
    )
    if chart.beyond not in says:
        says = f"{says} {chart.beyond}"
    with st.container(key=f"train-says-{key}"):
        st.caption(plain(says))
    if not live and len(chart.table):
        data_of(chart, key=key)


def loss_of(
    train: "pd.DataFrame",
    validation: "pd.DataFrame",
    *,
    key: str,
    live: bool,
    **options: object,
) -> None:
    """A loss curve that is not of a run of this visitor; options as `loss_curve`."""
    from lm_core.charts.curves import loss_curve
    from lm_core.doctor.reading import read

    chart = loss_curve(train, validation, height=HEIGHT, within=view_of(key), **options)
    draw(chart, read(train, validation, over=not live).text, key=key, live=live)


def _loss(
    run: "Run",
    shown: Shown,
    measure: "Measure",
    smoothing: float,
    within: tuple[float, float] | None,
) -> "Chart":
    from lm_core.charts.curves import loss_curve

    return loss_curve(
        shown.train,
        shown.evaluations,
        uniform_nats=blind(run),
        measure=measure,
        smoothing=smoothing,
        within=within,
        height=HEIGHT,
    )


def _figure(run: "Run", shown: Shown, name: str) -> "Chart":
    from lm_core.charts.metrics import metric_curve

    return metric_curve(shown.figure(name), name, figures_of(run)[name], height=HEIGHT)


def _other(
    run: "Run", shown: Shown, view: str, within: tuple[float, float] | None
) -> "tuple[Chart, str]":
    from lm_core.charts.run_curves import read_curve, run_curve

    limit = run.spec["train"].get("grad_clip") or None
    chart = run_curve(shown.points, view, limit=limit, within=within, height=HEIGHT)
    return chart, read_curve(shown.points, view, limit=limit, over=not run.active)
