import json

import numpy as np
import pandas as pd
import pytest

from lm_core.charts.live_heads import NUMBERED, live_head

TOKENS = ["⏎", "a", "n", "a"]


def looks(T=4, seed=0):
    weights = np.tril(np.random.default_rng(seed).uniform(0.1, 1, (T, T)))
    return weights / weights.sum(axis=1, keepdims=True)


def drawn(chart):
    spec = chart.figure.to_dict()
    ((_, rows),) = spec.pop("datasets").items()
    spec.pop("data", None)
    return pd.DataFrame(rows), spec


def test_the_table_is_what_each_token_takes_from_those_before_it():
    weights = looks()
    table = live_head(weights, TOKENS, 0, 0).table
    assert len(table) == 10
    sums = table.groupby("looking", sort=False)["attention (share of 1)"].sum()
    assert sums.index.tolist() == ["⏎", "a₁", "n", "a₂"]
    assert sums.to_numpy() == pytest.approx(1)


def test_dragging_through_steps_and_heads_changes_the_data_alone():
    specs = [drawn(live_head(looks(seed=n), TOKENS, n, n))[1] for n in (0, 1, 2)]
    assert specs[0] == specs[1] == specs[2]


def test_numbers_stand_in_the_cells_of_a_short_text():
    short, long = drawn(live_head(looks(), TOKENS, 0, 0))[1], ["x"] * (NUMBERED + 1)
    assert len(short["layer"]) == 3
    assert len(drawn(live_head(looks(len(long)), long, 0, 0))[1]["layer"]) == 1


def test_what_is_no_number_stays_blank():
    weights = looks()
    weights[2] = np.nan
    chart = live_head(weights, TOKENS, 0, 0)
    assert len(drawn(chart)[0]) == 7
    json.dumps(chart.figure.to_dict(), allow_nan=False)


def test_the_sentence_names_the_strongest_look_at_another():
    weights = np.eye(4)
    weights[3] = [0.1, 0.7, 0.1, 0.1]
    assert live_head(weights, TOKENS, 1, 2).alt == (
        "Layer 2, head 3: the strongest look at another token is a₂ at a₁ (70 %)."
    )
    assert "no other token" in live_head(np.ones((1, 1)), ["a"], 0, 0).alt


def test_both_sides_and_another_text_have_every_cell():
    weights = np.array([[0.25, 0.75], [0.5, 0.5]])
    assert len(live_head(weights, ["a", "b"], 0, 0, causal=False).table) == 4
    chart = live_head(np.array([[0.2, 0.5, 0.3]]), ["un"], 0, 0, columns=["a", "b", "c"])
    assert chart.table["looked at"].tolist() == ["a", "b", "c"]
    assert chart.alt == (
        "Layer 1, head 1: the strongest look at a token of the other text is un at b (50 %)."
    )
