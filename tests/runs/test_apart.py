"""What is said of runs that are called alike, so that they are not taken for each other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest

from lm_core.figures import moment
from lm_core.runs.apart import (
    called_apart,
    setting_titles,
    settings_that_differ,
    unlike_before,
    when,
)
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec, RunSpec


def spec(model: str = "transformer", seed: int = 0, **train) -> RunSpec:
    usual = default_spec(CorpusSpec(name="names"), model)
    return replace(usual, seed=seed, train=replace(usual.train, **train))


def run(number: int, given: RunSpec, title: str = "Mine") -> SimpleNamespace:
    return SimpleNamespace(number=number, spec=given.to_dict(), title=title)


def test_only_settings_in_which_runs_differ_are_columns():
    differing = settings_that_differ([spec(lr=0.01).to_dict(), spec(lr=0.02).to_dict()])
    assert differing == [{"train.lr": "0.01"}, {"train.lr": "0.02"}]
    assert settings_that_differ([spec().to_dict()]) == [{}]


def test_what_one_family_has_and_the_other_not_is_no_difference():
    both = settings_that_differ([spec("transformer").to_dict(), spec("lstm").to_dict()])
    assert "model.n_head" not in both[0]
    assert "model.n_hidden" not in both[1]
    assert both[0]["model.name"] == "transformer"


def test_no_two_settings_are_called_alike():
    titles = setting_titles([spec().to_dict(), spec("lstm").to_dict()])
    assert len(set(titles.values())) == len(titles)


def test_runs_of_one_title_are_called_by_number_and_by_what_differs():
    runs = [
        run(1, spec(lr=0.01)),
        run(2, spec("lstm"), "Other"),
        run(3, spec(lr=0.02, batch_size=8)),
        run(4, spec(lr=0.02, batch_size=8)),
    ]
    assert called_apart(runs[:3], ["Mine", "Other", "Mine"]) == [
        "Mine, run 1: batch 64, learning rate 0.01",
        "Other",
        "Mine, run 3: batch 8, learning rate 0.02",
    ]
    assert called_apart(runs[2:], ["Mine", "Mine"]) == ["Mine, run 3", "Mine, run 4"]


def test_a_run_differs_from_the_last_of_its_title_before_it():
    first, other = run(1, spec(seed=5)), run(2, spec("lstm"), "Other")
    again, late = run(3, spec(seed=6)), run(9, spec(seed=7))
    known = [late, again, other, first]
    assert unlike_before(first, known) == ""
    assert unlike_before(other, known) == ""
    assert unlike_before(again, known) == "unlike run 1: seed 6"
    assert unlike_before(run(4, spec(seed=6)), known) == "with the settings of run 3"


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0, "today, 1:05"),
        (-1, "today, 0:05"),
        (-2, "yesterday, 23:05"),
        (-26, "28 February, 23:05"),
        (-24 * 70, "22 December 2025, 1:05"),
    ],
)
def test_a_moment_is_said_as_people_say_it(hours: int, said: str):
    """By the day of the one who reads it, which begins at midnight there."""
    zone = timezone(timedelta(hours=2))
    now = datetime(2026, 3, 1, 23, 5, tzinfo=UTC)  # past midnight there
    assert when((now + timedelta(hours=hours)).timestamp(), zone, now=now.timestamp()) == said


def test_a_moment_of_any_year():
    assert moment(datetime(2016, 3, 1, 0, 5)) == "1 March 2016, 0:05"
