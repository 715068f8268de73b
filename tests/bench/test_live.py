"""The bench of the live screen, made short."""

import os
from types import SimpleNamespace

import pytest

from lm_core.bench import PARTS, live
from lm_core.training.callbacks import Callback


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SECONDS", 0.6)
    monkeypatch.setattr(live, "ROUNDS", 1)
    monkeypatch.setattr(live, "POINTS", 2000)


def test_it_is_a_part_of_all() -> None:
    assert "live" in PARTS


def test_showing_a_run_is_timed_within_it_and_beside_one_that_is_not_shown(quick: None) -> None:
    with live._home() as home:
        missed, spent = live._overhead(home)
    assert (missed.name, spent.name) == ("reporting_steps_missed", "reporting_time")
    assert missed.settings["steps"] >= 1
    assert missed.value < 100
    assert 0 < spent.value < 100


def test_time_is_counted_where_it_is_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(live, "time", SimpleNamespace(perf_counter=lambda: now[0]))

    class Slow(Callback):
        def wants(self, trainer):
            now[0] += 1
            return True

        def after(self, trainer):
            now[0] += 10
            yield "seen"

    spent = live._Spent()
    timed = spent.of(Slow())
    assert timed.wants(None) is True
    assert timed.after(None) == ["seen"]
    assert spent.timed(lambda text: text)("x") == "x"
    for _ in spent.between(iter([1, 2])):
        now[0] += 100
    assert spent.seconds == 1 + 10 + 100 + 100


def test_the_data_of_the_chart_is_timed(quick: None) -> None:
    with live._home() as home:
        rows = {row.name: row.value for row in live._chart(home)}
    assert list(rows) == ["chart_first_look", "chart_new_points", "chart_made"]
    assert all(value > 0 for value in rows.values())


def test_the_home_folder_is_a_temporary_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", "mine")
    with live._home() as home:
        assert os.environ["LM_LAB_HOME"] == str(home)
    assert os.environ["LM_LAB_HOME"] == "mine"
    assert not home.exists()


@pytest.mark.slow
def test_reactions_are_timed_in_a_real_worker(quick: None) -> None:
    with live._home() as home:
        rows = {row.name: row.value for row in live._reactions(home)}
    assert list(rows) == ["reaction_pause", "reaction_resume", "reaction_stop"]
    assert all(0 < value < 10_000 for value in rows.values())
