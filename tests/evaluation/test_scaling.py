"""Laws through runs that were made by a law: its numbers come out again."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lm_core.errors import BadText
from lm_core.evaluation.scaling import (
    COUNTS,
    Run,
    Surface,
    best_sizes,
    bootstrap,
    by_budget,
    exponent,
    fit_surface,
    interval,
    mean_by_size,
    read_runs,
)

LAW = Surface(E=1.2, A=6.0, a=0.3, B=90.0, b=0.45, work=(6.0, 1.0))
BUDGETS, SIZES = (1e9, 4e9, 1.6e10, 6.4e10), tuple(2**k for k in range(9, 19))


def made(law: Surface = LAW, *, noise: float = 0.0, seeds: int = 1) -> list[Run]:
    """Runs whose losses are the law's, and so much beside it."""
    chance, runs = np.random.default_rng(0), []
    for budget in BUDGETS:
        for n in SIZES:
            for seed in range(seeds):
                d = law.tokens(n, budget)
                nats = law.nats(n, d) + noise * chance.standard_normal()
                counted = {"all": 2 * n, "without": n, "blocks": n // 2}
                runs.append(Run(n, budget, budget, d, seed, nats, counted))
    return runs


@settings(max_examples=12)
@given(
    st.floats(0.2, 0.6), st.floats(0.2, 0.6), st.floats(0.5, 2), st.floats(3, 20), st.floats(9, 99)
)
def test_the_numbers_of_a_law_come_out_of_runs_that_it_made(a, b, e, big_a, big_b) -> None:
    law = Surface(e, big_a, a, big_b, b, LAW.work)
    found = fit_surface(made(law), "without")
    assert (found.a, found.b) == pytest.approx((a, b), abs=0.02)
    assert found.work == pytest.approx(law.work)
    for budget in BUDGETS:
        assert found.within(4096, budget) == pytest.approx(law.within(4096, budget), abs=1e-3)


def test_the_best_size_of_a_law_is_where_its_loss_is_lowest() -> None:
    law = Surface(1.2, 6.0, 0.3, 90.0, 0.45, (20.0, 0.9))
    for budget in BUDGETS:
        sizes = np.geomspace(10, 1e8, 20_001)
        lowest = sizes[np.argmin([law.within(n, budget) for n in sizes])]
        assert law.best(budget) == pytest.approx(lowest, rel=2e-3)


def test_parabolas_find_the_exponent_that_the_law_says() -> None:
    best = best_sizes(made(), "without")
    assert list(best) == list(BUDGETS)
    for budget, size in best.items():
        assert size == pytest.approx(LAW.best(budget), rel=0.15)
    assert exponent(best) == pytest.approx(LAW.b / (LAW.a + LAW.b), abs=0.03)


def test_a_best_size_at_the_end_of_what_was_run_is_that_size() -> None:
    runs = [run for run in made() if run.budget == BUDGETS[-1] and run.n_embd < 5000]
    assert best_sizes(runs, "without") == {BUDGETS[-1]: 4096.0}
    assert best_sizes(runs[:2], "without") == {BUDGETS[-1]: 1024.0}


def test_intervals_hold_what_is_true_and_are_the_same_each_time() -> None:
    runs = made(noise=0.01, seeds=2)
    draws = bootstrap(runs, lambda r: fit_surface(r, "without").a, draws=40)
    low, high = interval(draws)
    assert low < LAW.a < high
    assert high - low < 0.2
    assert draws == bootstrap(runs, lambda r: fit_surface(r, "without").a, draws=40)


def test_a_redrawn_table_has_as_many_runs_of_each_budget_and_three_sizes() -> None:
    for drawn in bootstrap(made(), list, draws=20):
        for group in by_budget(drawn).values():
            assert len(group) == len(SIZES)
            assert len(mean_by_size(group, "blocks")) >= 3


def test_too_few_runs_make_no_law() -> None:
    with pytest.raises(ValueError, match="six runs"):
        fit_surface(made()[:5], "all")


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    row = {"n_embd": 8, "budget": "4e+09", "operations": 4000, "tokens": 90, "seed": 1}
    row |= {"validation_nats": 2.5, "parameters": 30}
    row |= {"parameters_without": 20, "parameters_blocks": 10}
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    (run,) = read_runs(path)
    assert run == Run(8, 4e9, 4000, 90, 1, 2.5, {"all": 30, "without": 20, "blocks": 10})
    assert set(run.parameters) == set(COUNTS)


@pytest.mark.parametrize("text", ["", "n_embd\n1\n", "n_embd,budget\nx,y\n"])
def test_what_is_no_table_of_runs_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "runs.csv"
    path.write_text(text)
    with pytest.raises(BadText, match=r"runs\.csv is no table of runs"):
        read_runs(path)
    with pytest.raises(BadText):
        read_runs(tmp_path / "absent.csv")
