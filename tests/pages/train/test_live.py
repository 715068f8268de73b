"""The panel of a run is drawn again by itself only where the run has moved."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from lm_core.runs.store import RunStore
from lm_core.training.events import Diagnosed, Evaluated, Probed, Sampled, Step
from pages._ui.shared import session
from pages._ui.train import going_runs, live, past_runs, points, together

OWNER = "ada"
SHOWN = (
    Step(1, 10, 0.1, 3.0),
    Evaluated(1, 10, "validation", 3.0, 10, True),
    Sampled(1, "a"),
    Probed(1, (3.0,)),
    Diagnosed(1, "flat", "info", "It is flat.", "", ""),
)


@pytest.fixture
def runs(tmp_path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:  # type: ignore[no-untyped-def]
    manager = SimpleNamespace(store=RunStore(tmp_path), every=15.0, held=False)
    manager.trouble, manager.queue_position = (lambda run: ""), (lambda run: 1)
    monkeypatch.setattr(session, "manager", lambda: manager)
    return manager


def test_all_that_a_panel_says_is_news_once(runs: SimpleNamespace) -> None:
    store = runs.store
    run = store.create(OWNER, "", {})
    other = store.create("bob", "", {})

    def held() -> None:
        runs.held = True

    def fewer() -> None:
        runs.every = 0.0

    changes: list[Callable[[], object]] = [
        lambda: store.hand_over(run),
        lambda: store.update(run, status="running", facts={"unit": "nats"}),
        *(lambda event=event: store.record(run, [event]) for event in SHOWN),
        lambda: store.update(run, message="It went on."),
        lambda: store.update(run, lr_scale=0.5),
        lambda: store.update(run, pause_at=9),
        lambda: store.join(run, "bob", "", ""),
        held,
        fewer,
        lambda: store.update(run, status="finished"),
    ]
    before = live._news(run, OWNER)
    for change in changes:
        store.record(other, [SHOWN[0]])  # that another moves is none
        assert live._news(run, OWNER) == before
        change()
        after = live._news(run, OWNER)
        assert after != before
        before = after


def test_the_table_of_runs_is_drawn_again_where_one_of_them_has_moved(
    runs: SimpleNamespace,
) -> None:
    mine, other = (runs.store.create(owner, "", {}) for owner in (OWNER, "bob"))
    before = past_runs._news(OWNER)
    runs.store.record(other, [SHOWN[0]])
    assert past_runs._news(OWNER) == before
    runs.store.record(mine, [SHOWN[0]])
    assert past_runs._news(OWNER) != before


def test_a_step_is_news_to_the_figures_the_curve_and_the_words_alone(
    runs: SimpleNamespace,
) -> None:
    """What a look draws: not the samples, the scored text, the buttons."""
    store, run = runs.store, runs.store.create(OWNER, "", {})
    store.hand_over(run)
    told = {
        Step: {"figures", "curve", "stands"},
        Evaluated: {"figures", "curve", "stands", "verdicts"},
        Sampled: {"samples", "confusion"},
        Probed: {"probe"},
        Diagnosed: {"curve", "stands", "verdicts"},
    }
    store.record(run, [SHOWN[0]])  # it is seen to move from now on
    live._news(run, OWNER)
    for event in (replace(SHOWN[0], step=2), *SHOWN[1:]):
        before = live._news(run, OWNER)
        store.record(run, [event])
        after = live._news(run, OWNER)
        assert {name for name in after if after[name] != before[name]} == told[type(event)]


def test_the_choice_among_runs_that_go_on_and_their_picture_wait_for_news(
    runs: SimpleNamespace,
) -> None:
    store = runs.store
    one, other = (store.create(OWNER, "", {}) for _ in range(2))
    for run in (one, other):
        store.hand_over(run)
    choice, picture = going_runs._news(OWNER), together._news([one, other], OWNER)
    assert together._news([one, other], OWNER) == picture
    store.record(one, [SHOWN[0]])
    assert going_runs._news(OWNER) == choice  # not how far they are
    assert together._news([one, other], OWNER) != picture
    store.update(other, status="paused")
    assert going_runs._news(OWNER) != choice


def test_what_has_not_changed_is_not_read_again(
    runs: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = runs.store
    run = store.create(OWNER, "", {})
    store.record(run, SHOWN)
    monkeypatch.setattr(points.st, "session_state", {})
    asked: list[type] = []
    since = store.since
    monkeypatch.setattr(
        store, "since", lambda kind, *a, **o: asked.append(kind) or since(kind, *a, **o)
    )

    def read() -> points.Shown:
        _, newest = live._news(run, OWNER).read
        asked.clear()
        return points.shown(store, run, newest)

    read()
    assert asked == [Step, Evaluated, Sampled, Probed]
    read()
    assert asked == []
    store.record(run, [replace(SHOWN[0], step=2)])
    assert list(read().points["step"]) == [1, 2]
    assert asked == [Step]
