import json
import math

import numpy as np
import pandas as pd
import pytest

from lm_core.charts.probe import ROWS, probe_map, read_probe

TOKENS = ["m", "a", "r", "a", "\n"]


def scored(n=5, tokens=5):
    """Each token learned at its own speed; the last is forgotten a little."""
    steps = [1 + 50 * i for i in range(n)]
    values = [[3.3 * math.exp(-i * (k + 1) / 10) for k in range(tokens - 1)] for i in range(n)]
    return [(s, (*v, 1.0 + i / 10)) for i, (s, v) in enumerate(zip(steps, values, strict=True))]


def drawn(chart):
    spec = chart.figure.to_dict()
    ((_, rows),) = spec.pop("datasets").items()
    spec.pop("data", None)
    return pd.DataFrame(rows), spec


def test_the_table_has_every_token_of_every_scoring():
    table = probe_map(TOKENS, scored()).table
    assert list(table.columns) == ["step", "token", "nats"]
    assert len(table) == 25
    assert table["token"].tolist()[:5] == ["m", "a", "r", "a", "⏎"]
    assert table["nats"].tolist()[-1] == pytest.approx(1.4)


def test_a_token_that_comes_twice_has_two_columns():
    rows, _ = drawn(probe_map(TOKENS, scored()))
    assert rows["at"].nunique() == 5


def test_while_a_model_trains_only_the_data_change():
    specs = [drawn(probe_map(TOKENS, scored(n), blind_nats=3.3))[1] for n in (1, 2, 40)]
    assert specs[0] == specs[1] == specs[2]


def test_many_scorings_are_thinned_to_the_first_the_last_and_some_between():
    rows, _ = drawn(probe_map(TOKENS, scored(200)))
    steps = rows["step"].unique().tolist()
    assert len(steps) == ROWS
    assert (steps[0], steps[-1]) == ("1", "9,951")


def test_a_token_with_nothing_before_it_is_blank():
    first = [(1, (math.nan, 1.0, 1.0, 1.0, 1.0))]
    chart = probe_map(TOKENS, first)
    rows, _ = drawn(chart)
    assert len(rows) == 4
    assert chart.table["nats"].isna().tolist()[:2] == [True, False]
    json.dumps(chart.figure.to_dict(), allow_nan=False)


def test_the_sentence_says_what_was_learned_and_what_is_hardest():
    assert read_probe(TOKENS, scored(11)) == (
        "2.84 at step 1, 0.78 nats per token at step 501. It learned most about “a” after “r” "
        "(3.30 to 0.06), and expects “⏎” after “a” less than at step 1; “⏎” after “a” surprises it "
        "most (2.00)."
    )


def test_one_scoring_is_where_it_begins():
    assert read_probe(TOKENS, scored(1)).startswith("Scored once so far: 2.84 nats")


def test_nothing_scored_yet():
    assert "comes soon" in read_probe(TOKENS, [])
    chart = probe_map(TOKENS, [])
    assert "still empty" in chart.alt
    assert chart.table.empty


def test_what_cannot_be_scored_says_so():
    assert "too short" in read_probe(["a"], [(1, (np.nan,))])
