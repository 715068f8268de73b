"""Statements held against a study: each verdict for a table in which it is plain."""

import pytest

from lm_core.evaluation.lora_study import (
    FAILS,
    FULL,
    HOLDS,
    LORA,
    OPEN,
    USUAL,
    forgotten,
    statements,
    tuned,
)
from lm_core.evaluation.study import beside


def row(method: str, lr: float, nats: float, **changed: str) -> dict[str, str]:
    of = USUAL | changed
    if method == FULL:
        of |= {"targets": "", "rank": ""}
    return {"method": method, "lr": str(lr), "nats": str(nats), "before": "2.0"} | of


def table(
    *,
    lora_rate: float = 0.01,
    attention: float = 1.7,
    rank_1: float = 1.505,
    lora_64: float = 1.9,
    edge: bool = False,
) -> list[dict[str, str]]:
    """Two seeds, a thousandth apart, of every way that the statements ask for."""
    rows = [row(FULL, lr, nats) for lr, nats in ((1e-4, 1.6), (1e-3, 1.4), (1e-2, 1.8))]
    around = [lora_rate] if edge else [lora_rate / 10, lora_rate, lora_rate * 10]
    rows += [row(LORA, lr, 1.5 if lr == lora_rate else 1.8) for lr in around]
    rows += [row(LORA, lora_rate, attention, targets="attention")]
    rows += [row(LORA, lora_rate, 1.6, targets="mlp")]
    rows += [row(LORA, lora_rate, n, rank=r) for r, n in (("1", rank_1), ("32", 1.5))]
    rows += [row(FULL, 0.01, 1.6, batch="64"), row(LORA, 0.01, lora_64, batch="64")]
    return [one | {"nats": str(float(one["nats"]) + s)} for one in rows for s in (0, 0.001)]


def verdicts(**changed: float) -> list[str]:
    return [one.verdict for one in statements(table(**changed))]


def test_all_hold_where_they_do() -> None:
    assert verdicts() == [HOLDS] * 4
    told = [one.told for one in statements(table())]
    assert "at a rate of 0.001, LoRA at 0.01: 10 times" in told[0]
    assert "gains 0.5 nats, beside those of attention 0.3" in told[1]
    assert "between 0.495 and 0.5 nats: 1 % of the best" in told[2]
    assert "0.100 in batches of 16, 0.300 in batches of 64" in told[3]


@pytest.mark.parametrize(
    ("changed", "place", "verdict"),
    [
        ({"lora_rate": 0.1}, 0, FAILS),
        ({"lora_rate": 0.001}, 0, FAILS),
        ({"edge": True}, 0, OPEN),
        ({"attention": 1.3}, 1, FAILS),
        ({"attention": 1.5005}, 1, OPEN),
        ({"rank_1": 1.8}, 2, FAILS),
        ({"lora_64": 1.5}, 3, FAILS),
        ({"lora_64": 1.7}, 3, OPEN),
    ],
)
def test_each_fails_or_stays_open_where_it_should(changed: dict, place: int, verdict: str) -> None:
    assert verdicts(**changed)[place] == verdict


def test_each_is_judged_at_its_own_best_rate() -> None:
    lora = tuned(table(), LORA)
    assert (lora.best_rate, lora.at_the_edge) == (0.01, False)
    assert lora.best == (1.5, 1.501)
    assert lora.gain == pytest.approx(0.4995)
    assert beside(tuned(table(), FULL).best, lora.best) == "better"
    assert beside(lora.best, lora.best) == ""


def test_what_was_forgotten_is_that_of_the_usual_choices_at_the_best_rate() -> None:
    rows = [one | {"forgotten": one["lr"]} for one in table()]
    assert (forgotten(rows, FULL), forgotten(rows, LORA)) == (0.001, 0.01)
    assert forgotten([one | {"forgotten": ""} for one in rows], FULL) is None


def test_a_study_that_lacks_runs_says_so() -> None:
    with pytest.raises(ValueError, match="no run of"):
        statements([row(FULL, 1e-3, 1.4)])
