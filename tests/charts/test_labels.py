"""Pictures of labels: nothing is lost, whatever the labels are, and each says what it shows."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.charts.labels import class_counts, value_counts

TABLE = pd.DataFrame(
    {"label": ["good", "bad", "<b>"], "train": [30, 60, 10], "validation": [2, 2, 0]}
)


def test_classes_are_shares_of_their_split_the_commonest_on_top() -> None:
    chart = class_counts(TABLE)
    train, validation = chart.figure.data
    assert list(train.x) == [0.6, 0.3, 0.1]
    assert list(validation.x) == [0.5, 0.5, 0.0]
    assert train.marker.pattern.shape != validation.marker.pattern.shape
    assert list(chart.table["label"]) == ["bad", "good", "<b>"]
    assert chart.alt.startswith("3 classes; the commonest is bad (60 %)")
    assert "<b>" not in chart.figure.to_json()
    assert chart.figure.layout.xaxis.title.text == "share of the split"


def test_many_classes_are_drawn_in_part_and_listed_whole() -> None:
    table = pd.DataFrame({"label": [f"c{i}" for i in range(60)], "train": range(60)})
    chart = class_counts(table)
    assert len(chart.figure.data[0].x) == 20
    assert len(chart.table) == 60
    assert "The 20 commonest are drawn" in chart.alt


def test_nothing_is_said_to_be_nothing() -> None:
    assert "empty" in class_counts(TABLE.iloc[:0]).alt
    assert "empty" in value_counts({"train": []}).alt


def test_values_are_counted_in_round_steps_split_by_split() -> None:
    chart = value_counts({"train": [1900, 1901, 1999], "test": [1950]}, "year")
    table = chart.table
    assert table["train"].sum() == 3
    assert table["test"].sum() == 1
    step = table["below (year)"] - table["from (year)"]
    assert set(step) == {5}
    assert chart.alt == ("4 texts with values from 1900 to 1999 year, median 1925.5, mean 1938.")
    assert [bar.name for bar in chart.figure.data] == ["train", "test"]


@pytest.mark.parametrize(
    "values", [[3.0], [0.25, 0.5, 0.75], [-1.7e308, 1.7e308], [1e16, 1e16 + 2], [np.nan, 1.0]]
)
def test_no_value_is_lost(values: list[float]) -> None:
    chart = value_counts({"train": values})
    assert chart.table["train"].sum() == np.isfinite(values).sum()


@given(st.lists(st.floats(), max_size=50), st.text(max_size=20))
def test_whatever_the_values_are(values: list[float], unit: str) -> None:
    chart = value_counts({"train": values, "test": values[:3]}, unit)
    assert chart.table["train"].sum() == np.isfinite(np.array(values, dtype=float)).sum()
    assert len(chart.table) <= 60
    json.loads(chart.figure.to_json())
