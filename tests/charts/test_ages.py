"""Ages: how often each comes, by group, and how far answers are off."""

import numpy as np
import pytest

from lm_core.charts.ages import group_errors, histograms, violins


def test_bars_count_every_value_once_and_on_one_scale() -> None:
    parts = {"train": [1, 4, 5, 62], "test": [30]}
    chart = histograms(parts, title="Ages")
    counts = chart.table.groupby("part")["pictures"].sum().to_dict()
    assert counts == {"train": 4, "test": 1}
    first = chart.table[chart.table["part"] == "train"]["pictures"].tolist()
    assert first[:2] == [2, 1]
    assert len({len(bar.x) for bar in chart.figure.data}) == 1
    assert "train: 4 pictures, half of them up to 4 years" in chart.alt
    assert "nothing yet" in histograms({"none": []}, title="Ages").alt


def test_quarters_are_those_of_numpy() -> None:
    ages = [3, 10, 20, 40, 80]
    chart = violins({"<b>a</b>": ages, "one": [7], "none": []}, title="Ages by x", by="x")
    row = chart.table.iloc[0]
    quarter, half, three = np.percentile(ages, [25, 50, 75])
    assert (row["first quarter (years)"], row["median (years)"]) == (quarter, half)
    assert row["third quarter (years)"] == three
    assert chart.table["x"].tolist() == ["<b>a</b>", "one"]
    assert "<b>" not in chart.figure.to_json()


def test_errors_say_how_far_and_which_way() -> None:
    chart = group_errors({"bright": [1, -1], "dim": [4, 6], "none": []}, title="Error by light")
    assert chart.table["mean error (years)"].tolist() == [1, 5]
    assert chart.table["too old by (years)"].tolist() == pytest.approx([0, 5])
    assert "most in dim, 5.0 years, and least in bright, 1.0 years" in chart.alt
    assert "nothing yet" in group_errors({}, title="x").alt
