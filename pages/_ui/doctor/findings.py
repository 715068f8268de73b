"""What a step of the doctor found: its picture, and what one can try next with it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.doctor.inside import draw, inside
from pages._ui.shared.filling import fill, go
from pages._ui.shared.open_run import TRAINED
from pages._ui.shared.show import show_chart

if TYPE_CHECKING:
    from lm_core.runs.store import Run

UNIT = "nats per token"


def _texts(run: "Run | None", data: dict[str, Any]) -> None:
    from lm_core.charts.leaks import leak_bars

    if data["leaked"] is None:
        st.caption("There was nothing to look for.")
        return
    chart = leak_bars(data["leaked"], data["looked_for"], data["window"], fine=data["fine"])
    show_chart(chart, key="doctor-0")


def _unit(run: "Run | None") -> str:
    """What the losses of this examination are counted in."""
    from lm_core.training.task import tasks

    if run is None or tasks[run.spec["task"]["name"]].build.weighed:
        return UNIT
    return run.facts.get("unit", UNIT)


def _init(run: "Run | None", data: dict[str, Any]) -> None:
    from lm_core.charts.doctor import histogram

    hist, unit = data["logits"], "logit, from the mean of its place"
    if not hist["counts"]:
        return  # it guesses no tokens: the loss is all there is to see
    chart = histogram(hist["edges"], hist["counts"], title="The first logits", unit=unit)
    show_chart(chart, key="doctor-1")


def _overfit(run: "Run | None", data: dict[str, Any]) -> None:
    from lm_core.charts.doctor import falling

    title = f"Loss on the same {data['rows']} rows"
    chart = falling(data["steps"], data["nats"], data["target_nats"], title=title, unit=_unit(run))
    draw(chart, key="doctor-2", done=_done(run, data))


def _lr(run: "Run | None", data: dict[str, Any]) -> None:
    from lm_core.charts.doctor import rates, sweep

    done = _done(run, data)
    chart = rates(data["lr"], data["nats"], data.get("suggested_lr"), unit=_unit(run))
    draw(chart, key="doctor-3", done=done)
    if data.get("sweep"):
        draw(sweep(data["sweep"], unit=_unit(run)), key="doctor-3b", done=done)


def _grid(run: "Run | None", data: dict[str, Any]) -> None:
    from lm_core.charts.doctor import CELL, beside, grid

    done = _done(run, data)
    if not done:
        draw(grid(data, unit=_unit(run)), key="doctor-4", done=done)
    else:
        chart = grid(data, unit=_unit(run), pointed=True)
        answer = show_chart(chart, key="doctor-4-cells", on_select="rerun", selection_mode=CELL)
        st.caption("Click a cell to open its run.")
        if clicked := [cell["run"] for cell in answer["selection"].get(CELL, ())]:
            TRAINED.go(clicked[0])
    if data.get("random"):
        draw(beside(data, unit=_unit(run)), key="doctor-4-random", done=done)


def _inside(run: "Run | None", data: dict[str, Any]) -> None:
    inside(data, done=run is None or not run.active)


def _done(run: "Run | None", data: dict[str, Any]) -> bool:
    """Whether nothing more comes: the step has ended, or the whole job has."""
    return data.get("verdicts") is not None or run is None or not run.active


PICTURES = {
    "texts": _texts,
    "init": _init,
    "overfit": _overfit,
    "lr": _lr,
    "grid": _grid,
    "inside": _inside,
}


def next_try(run: "Run", part: str, data: dict[str, Any]) -> None:
    """What one can do with a finding: use its rate, open a cell, train on from the best."""
    if part == "lr" and data.get("suggested_lr") and data.get("done"):
        rate = data["suggested_lr"]
        if st.button(f"Use it: {rate:.2g}", key="doctor-use", help="Fills in the Train screen."):
            _train(run, 60.0, lr=rate)
    if part != "grid" or not data.get("best"):
        return
    best = data["best"]
    if st.button("Train long from the best cell", key="doctor-long"):
        _train(run, 300.0, lr=best["lr"], weight_decay=best["weight_decay"])
    cells = {
        f"rate {c['lr']:.2g}, decay {c['weight_decay']:.2g}"
        + (": diverged" if c["validation_nats"] is None else f": {c['validation_nats']:.3f}"): c
        for c in [*data["cells"], *data["random"]]
    }
    chosen = st.selectbox(
        "Open a cell",
        list(cells),
        index=None,
        key="doctor-cell",
        bind="query-params",
        placeholder="choose one",
    )
    if chosen:
        TRAINED.link(cells[chosen]["run"], "Its curve →")


def _train(run: "Run", seconds: float, **train: float) -> None:
    """Go to the Train screen, its form filled with the settings that were found."""
    from lm_core.runs.spec import RunSpec
    from lm_core.training import Budget

    spec = RunSpec.from_dict(run.spec)
    rounded = {name: float(f"{value:.3g}") for name, value in train.items()}
    found = replace(spec.train, **rounded)
    fill(replace(spec, train=found, budget=Budget(seconds=seconds)), "Learning rate")
    go()
