"""What can be said of a table of runs at several budgets: laws with intervals, what they foretell
ten times larger, and how such a foretelling came out one step up.

    report = reported(read_runs(path))
    report.laws["blocks"].exponent          # best size ~ operations^exponent
    report.laws["blocks"].exponent_between  # 9 of 10 redrawn tables
    report.check.predicted, report.check.measured
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
)

LARGER = 10
DRAWS = 100
USED = "without"  # what is foretold counts all but the embedding
Between = tuple[float, float]


@dataclass(frozen=True)
class Law:
    """What holds with parameters counted one way; each `_between` holds 9 of 10 redrawn tables."""

    surface: Surface
    a_between: Between
    b_between: Between
    best: dict[float, float]  # budget -> size
    exponent: float
    exponent_between: Between


@dataclass(frozen=True)
class Ahead:
    """What the law says of a budget that nobody has run."""

    operations: float
    parameters: float
    tokens: float
    nats: float
    nats_between: Between


@dataclass(frozen=True)
class Check:
    """The largest budget, foretold from the others: its lowest loss, and each of its sizes.

    `before` is the lowest loss of the budget below, which is what no law at all would say."""

    budget: float
    predicted: float
    between: Between
    measured: float
    before: float
    sizes: tuple[tuple[int, float, float], ...]  # parameters, predicted, measured

    @property
    def error(self) -> float:
        """Nats between what was predicted and measured, the mean over its sizes."""
        return sum(abs(said - was) for _, said, was in self.sizes) / len(self.sizes)


@dataclass(frozen=True)
class Report:
    """`laws` by way of counting (COUNTS)."""

    runs: tuple[Run, ...]
    laws: dict[str, Law]
    ahead: Ahead
    check: Check


def reported(runs: Sequence[Run], *, draws: int = DRAWS) -> Report:
    """Raises ValueError: it takes two budgets, and six runs at all but the largest."""
    if len(by_budget(runs)) < 2:
        raise ValueError("Runs of two budgets at least are needed.")
    redrawn = bootstrap(
        runs, lambda r: {c: (fit_surface(r, c), best_sizes(r, c)) for c in COUNTS}, draws=draws
    )
    laws = {count: _law(runs, count, [one[count] for one in redrawn]) for count in COUNTS}
    surfaces = [one[USED][0] for one in redrawn]
    return Report(
        tuple(runs), laws, _ahead(runs, laws[USED].surface, surfaces), _check(runs, draws)
    )


def _law(
    runs: Sequence[Run], count: str, redrawn: Sequence[tuple[Surface, dict[float, float]]]
) -> Law:
    best = best_sizes(runs, count)
    return Law(
        fit_surface(runs, count),
        interval([surface.a for surface, _ in redrawn]),
        interval([surface.b for surface, _ in redrawn]),
        best,
        exponent(best),
        interval([exponent(sizes) for _, sizes in redrawn]),
    )


def _lowest(surface: Surface, operations: float) -> float:
    return surface.within(surface.best(operations), operations)


def _ahead(runs: Sequence[Run], surface: Surface, redrawn: Sequence[Surface]) -> Ahead:
    operations = LARGER * max(run.budget for run in runs)
    size = surface.best(operations)
    return Ahead(
        operations,
        size,
        surface.tokens(size, operations),
        surface.within(size, operations),
        interval([_lowest(one, operations) for one in redrawn]),
    )


def _check(runs: Sequence[Run], draws: int) -> Check:
    *below, (budget, held) = by_budget(runs).items()
    known = [run for _, group in below for run in group]
    surface, tokens = fit_surface(known, USED), {}
    for run in held:
        tokens[run.parameters[USED]] = run.tokens
    measured = mean_by_size(held, USED)
    redrawn = bootstrap(known, lambda r: _lowest(fit_surface(r, USED), budget), draws=draws)
    return Check(
        budget,
        _lowest(surface, budget),
        interval(redrawn),
        min(measured.values()),
        min(mean_by_size(below[-1][1], USED).values()),
        tuple((size, surface.nats(size, tokens[size]), was) for size, was in measured.items()),
    )
