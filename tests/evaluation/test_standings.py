"""An order is called only where no seed of one family reaches another's."""

import math
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.evaluation.standings import (
    JUDGE,
    Point,
    Result,
    Standing,
    crossing,
    expected,
    ladder,
    standings,
    told_apart,
)

losses = st.floats(0.1, 8.0).map(lambda x: round(x, 2))
families = st.dictionaries(
    st.sampled_from("abcdefgh"), st.lists(losses, min_size=1, max_size=4), min_size=1
)


def row(model: str, *losses: float, exact: bool = False, curve: tuple[Point, ...] = ()) -> Standing:
    results = [Result(model, k, {JUDGE: loss}, curve) for k, loss in enumerate(losses)]
    return Standing(model, tuple(results), exact)


def test_families_stand_by_their_means_and_those_without_a_figure_last() -> None:
    results = [Result("b", 0, {JUDGE: 2.0}), Result("a", 0, {JUDGE: 1.0}), Result("c", 0)]
    results += [Result("a", 1, {JUDGE: 3.5}), Result("b", 1, {JUDGE: math.nan})]
    found = standings(results, exact=["b"])
    assert [one.model for one in found] == ["b", "a", "c"]
    assert [one.mean(JUDGE) for one in found] == [2.0, 2.25, None]
    assert [one.spread(JUDGE) for one in found] == [(2.0, 2.0), (1.0, 3.5), None]
    assert [one.exact for one in found] == [True, False, False]
    assert [one.done for one in found] == [False, True, False]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (row("a", 1.0, 1.2), row("b", 1.3, 1.4), True),
        (row("a", 1.0, 1.3), row("b", 1.3, 1.4), False),  # they touch
        (row("b", 1.3, 1.4), row("a", 1.0, 1.2), False),  # the other way round
        (row("a", 1.0), row("b", 1.3, 1.4), False),  # one seed says nothing of its spread
        (row("a", 1.0, exact=True), row("b", 1.3, 1.4), True),  # what counts has none
        (row("a"), row("b", 1.3, 1.4), False),
        (row("a", 1.3, exact=True), row("b", 1.3004, 1.4), False),  # told alike, to three places
    ],
)
def test_better_is_said_where_no_seed_of_one_reaches_the_other(one, other, apart: bool) -> None:
    assert told_apart(one, other) is apart


@given(families)
def test_rungs_are_told_apart_each_from_all_below_and_hold_everyone_once(groups) -> None:
    table = standings(
        [Result(m, k, {JUDGE: x}) for m, xs in groups.items() for k, x in enumerate(xs)]
    )
    rungs = ladder(table)
    assert sorted(one.model for rung in rungs for one in rung) == sorted(groups)
    for k, rung in enumerate(rungs):
        for below in rungs[k + 1 :]:
            assert all(told_apart(a, b) for a in rung for b in below)
        # Nothing finer could be said: a rung cannot be cut in two such parts.
        for cut in range(1, len(rung)):
            assert not all(told_apart(a, b) for a in rung[:cut] for b in rung[cut:])


def test_one_more_run_is_expected_where_students_t_says() -> None:
    values = [1.0, 1.1, 1.3]
    low, high = expected(row("a", *values))
    mean, s = fmean(values), stdev(values)
    reach = 4.303 * s * math.sqrt(1 + 1 / 3)  # the 97.5 % point of Student's t, 2 degrees
    assert (low, high) == (
        pytest.approx(mean - reach, abs=1e-4),
        pytest.approx(mean + reach, abs=1e-4),
    )
    assert expected(row("a", 1.0)) is None
    assert expected(row("a", 1.0, exact=True)) == (1.0, 1.0)
    assert expected(row("a")) is None


def test_a_network_passes_counting_where_its_slowest_seed_does() -> None:
    def curve(*nats: float) -> tuple[Point, ...]:
        return tuple(Point(k, 10 * k, k / 2, x) for k, x in enumerate(nats))

    results = [Result("a", 0, {}, curve(3.0, 2.0, 1.5)), Result("a", 1, {}, curve(3.0, 2.6, 1.9))]
    learned = Standing("a", tuple(results))
    assert crossing(2.5, learned, "seconds") == (0.5, 1.0)
    assert crossing(2.5, learned, "tokens") == (10.0, 20.0)
    assert crossing(1.7, learned, "seconds") is None  # one of them never did
    assert crossing(2.5, Standing("a", ()), "seconds") is None
