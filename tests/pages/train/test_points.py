"""What a session keeps of a run: only what is new is asked for, and what is done again replaces."""

import gc
import math
import weakref
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lm_core.runs.store import RunStore
from lm_core.training.events import Evaluated, Probed, Sampled, Step
from pages._ui.shared import session
from pages._ui.train import points
from pages._ui.train.points import shown
from tests.pages import stored
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setattr(st, "session_state", {})
    return RunStore(tmp_path)


@pytest.fixture
def run(store: RunStore) -> str:
    return store.create("ada", "", {})


def point(step: int, nats: float = 2.0) -> Step:
    return Step(step, 64 * step, 0.1 * step, nats, 0.01, 0.5, 640.0)


def test_it_grows_by_what_is_new(store, run, monkeypatch):
    store.record(run, [point(k) for k in range(1, 11)])
    assert shown(store, run).points["step"].tolist() == list(range(1, 11))
    asked = []
    since = store.since
    monkeypatch.setattr(
        store,
        "since",
        lambda kind, run, seq=0, **k: asked.append(seq) or since(kind, run, seq, **k),
    )
    store.record(run, [point(11), Evaluated(11, 0, "validation", 1.9, 5, True)])
    now = shown(store, run)
    assert now.points["step"].tolist() == list(range(1, 12))
    assert now.evaluations["nats"].tolist() == [1.9]
    assert asked[0] == 10


def test_steps_done_again_take_the_place_of_the_old_ones(store, run):
    store.record(run, [point(k) for k in range(1, 11)])
    shown(store, run)
    store.record(run, [point(k, nats=1.5) for k in range(8, 13)])  # resumed from step 7
    now = shown(store, run).points
    assert now["step"].tolist() == list(range(1, 13))
    assert now["nats"].tolist() == [2.0] * 7 + [1.5] * 5


def test_a_run_that_goes_on_from_an_earlier_step_shows_one_curve(store, run):
    kinds = (Sampled, Probed, Evaluated)
    old = [Sampled(9, "old"), Probed(9, (1.0,)), Evaluated(9, 0, "validation", 9.0, 5, True)]
    store.record(run, [point(k) for k in range(1, 11)] + old)
    shown(store, run)
    assert store.rewind(run, 7)
    store.record(run, [point(8, nats=1.5), Sampled(8, "new")])
    now = shown(store, run)
    assert now.points["step"].tolist() == list(range(1, 9))
    assert [row["text"] for row in now.samples] == ["new"]
    assert now.probes == []
    assert now.evaluations.empty
    assert [store.last(kind, run) is None for kind in kinds] == [False, True, True]


def test_a_run_that_was_reset_begins_with_nothing(store, run):
    store.record(run, [point(k) for k in range(1, 11)] + [Sampled(1, "old"), Sampled(9, "old")])
    shown(store, run)
    store.clear(run)
    store.record(run, [point(1, nats=3.0), point(2, nats=2.9), Sampled(1, "new")])
    now = shown(store, run)
    assert now.points["nats"].tolist() == [3.0, 2.9]
    assert [row["text"] for row in now.samples] == ["new"]


def test_samples_and_scorings_come_in_order_with_their_pieces(store, run):
    store.record(run, [Sampled(5, "b", (("b", 0.5),)), Probed(5, (math.nan, 1.0))])
    shown(store, run)
    store.record(run, [Sampled(1, "a")])
    now = shown(store, run)
    assert [(row["step"], row["text"]) for row in now.samples] == [(1, "a"), (5, "b")]
    assert now.samples[1]["pieces"] == (("b", 0.5),)
    assert math.isnan(now.probes[0]["nats"][0])


def test_a_loss_that_is_no_number_stays_one(store, run):
    store.record(run, [point(1), point(2, nats=math.nan)])
    assert np.isnan(shown(store, run).train["train_nats"].iloc[-1])


def test_of_a_long_run_steps_are_left_out(store, run, monkeypatch):
    monkeypatch.setattr(points, "STEPS", 100)
    store.record(run, [point(k) for k in range(1, 351)])
    now = shown(store, run)
    assert now.every == 4
    assert now.points["step"].tolist() == list(range(4, 351, 4))
    store.record(run, [point(k) for k in range(351, 1001)])
    assert len(shown(store, run).points) <= 200


def test_a_run_that_grows_long_is_thinned_on_the_way(store, run, monkeypatch):
    monkeypatch.setattr(points, "STEPS", 100)
    store.record(run, [point(k) for k in range(1, 51)])
    shown(store, run)
    store.record(run, [point(k) for k in range(51, 301)])
    now = shown(store, run)
    assert now.every == 2
    assert now.points["step"].tolist() == list(range(2, 301, 2))


def test_a_session_keeps_few_runs(store):
    runs = [store.create("ada", str(k), {}) for k in range(points.RUNS + 3)]
    for one in runs:
        shown(store, one)
    assert list(st.session_state[points.KEPT]) == runs[3:]


def test_a_closed_tab_frees_what_it_held() -> None:
    """On the whole screen: what a session keeps of a run, no cache and no global keeps as well."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    at.switch_page("pages/train.py").run()
    run, shared = stored.stored_run(at.session_state["visitor"]), session._manager().store
    at.query_params["run"] = run
    at.run()
    assert not at.exception
    kept = at.session_state[points.KEPT][run]
    held = [weakref.ref(part) for part in (kept, kept.points, kept.evaluations)]
    del kept, at
    gc.collect()
    assert [part() for part in held] == [None] * 3
    stored.forget(shared, run)
