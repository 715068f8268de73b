"""What a step of the doctor found: its picture, and what one can try next with it."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.doctor_inside import inside
from pages._ui.show import show_chart
from pages._ui.train_form import fill

if TYPE_CHECKING:
    from lm_core.runs.store import Run


def _init(run: "Run | None", data: dict[str, Any]) -> None:
    from lm_core.charts.doctor import histogram

    title = "The first logits, each from the mean of its place"
    hist = data["logits"]
    show_chart(histogram(hist["edges"], hist["counts"], title=title, unit="logit"), key="doctor-1")


def _overfit(run: "Run | None", data: dict[str, Any]) -> None:
    from lm_core.charts.doctor import falling

    title = f"Loss on the same {data['rows']} rows"
    chart = falling(
        data["steps"], data["nats"], data["target_nats"], title=title, unit="nats per token"
    )
    show_chart(chart, key="doctor-2", table=bool(data.get("verdicts")))


def _lr(run: "Run | None", data: dict[str, Any]) -> None:
    from lm_core.charts.doctor import rates, sweep

    done, unit = bool(data.get("verdicts")), "nats per token"
    show_chart(
        rates(data["lr"], data["nats"], data.get("suggested_lr"), unit=unit),
        key="doctor-3",
        table=done,
    )
    if data.get("sweep"):
        show_chart(sweep(data["sweep"], unit=unit), key="doctor-3b", table=done)


def _grid(run: "Run | None", data: dict[str, Any]) -> None:
    from lm_core.charts.doctor import grid

    show_chart(grid(data, unit="nats per token"), key="doctor-4", table=bool(data.get("verdicts")))


def _inside(run: "Run | None", data: dict[str, Any]) -> None:
    inside(data, done=run is None or not run.active)


PICTURES = {"init": _init, "overfit": _overfit, "lr": _lr, "grid": _grid, "inside": _inside}


def next_try(run: "Run", part: str, data: dict[str, Any]) -> None:
    """What one can do with a finding: use its rate, open a cell, train on from the best."""
    if part == "lr" and data.get("suggested_lr"):
        st.button("Use this rate", key="doctor-use", on_click=_use, args=(run, data, None))
        if st.session_state.pop("doctor-go-train", False):
            st.switch_page("pages/train.py")
    if part != "grid" or not data.get("best"):
        return
    best = data["best"]
    if st.button("Train long from the best cell", key="doctor-long"):
        _use(run, data, best)
        st.switch_page("pages/train.py")
    cells = {
        f"rate {c['lr']:.2g}, decay {c['weight_decay']:.2g}"
        + ("" if c["validation_nats"] is None else f": {c['validation_nats']:.3f}"): c["run"]
        for c in [*data["cells"], *data["random"]]
    }
    chosen = st.selectbox(
        "Open a cell", list(cells), index=None, key="doctor-cell", placeholder="choose one"
    )
    if chosen:
        st.page_link("pages/train.py", label="Its curve →", query_params={"run": cells[chosen]})


def _use(run: "Run", data: dict[str, Any], best: dict[str, Any] | None) -> None:
    """Fill the Train screen's form with the rate (and decay) that was found."""
    from dataclasses import replace

    from lm_core.runs.spec import RunSpec
    from lm_core.training import Budget

    spec = RunSpec.from_dict(run.spec)
    train = replace(spec.train, lr=best["lr"] if best else data["suggested_lr"])
    if best:
        train = replace(train, weight_decay=best["weight_decay"])
    fill(
        replace(spec, train=train, budget=Budget(seconds=300.0 if best else 60.0)), "Learning rate"
    )
    st.session_state["doctor-go-train"] = True
