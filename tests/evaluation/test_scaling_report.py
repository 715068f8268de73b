"""What is said of a table of runs: checked on one that a law made."""

import pytest

from lm_core.evaluation.scaling_report import reported
from tests.evaluation.test_scaling import BUDGETS, LAW, SIZES, made


def test_a_law_foretells_what_comes_next() -> None:
    report = reported(made(), draws=10)
    law = report.laws["without"]
    assert law.a_between[0] <= law.surface.a + 1e-6
    assert law.surface.a == pytest.approx(LAW.a, abs=0.01)
    assert law.exponent_between[0] <= law.exponent + 0.05
    check = report.check
    assert (check.budget, len(check.sizes)) == (BUDGETS[-1], len(SIZES))
    best = LAW.within(LAW.best(BUDGETS[-1]), BUDGETS[-1])
    assert check.predicted == pytest.approx(best, abs=2e-3)
    assert check.measured == pytest.approx(best, abs=5e-3)
    assert check.before > check.measured
    assert check.error < 2e-3
    ahead = report.ahead
    assert ahead.operations == 10 * BUDGETS[-1]
    assert ahead.nats == pytest.approx(
        LAW.within(LAW.best(10 * BUDGETS[-1]), 10 * BUDGETS[-1]), 1e-3
    )
    assert ahead.parameters == pytest.approx(LAW.best(10 * BUDGETS[-1]), rel=0.05)
    assert ahead.nats_between[0] <= ahead.nats + 1e-3


def test_the_exponent_depends_on_what_is_counted() -> None:
    """Here twice as many and half as many, always: then it does not, only the size does."""
    laws = reported(made(), draws=2).laws
    assert laws["all"].exponent == pytest.approx(laws["blocks"].exponent)
    budget = BUDGETS[1]
    assert laws["all"].best[budget] == pytest.approx(4 * laws["blocks"].best[budget])


def test_one_budget_foretells_nothing() -> None:
    with pytest.raises(ValueError, match="two budgets"):
        reported([run for run in made() if run.budget == BUDGETS[0]], draws=1)
