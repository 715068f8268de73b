"""Pictures of the inside of a model: they hold what was measured and say it in words."""

import pytest

from lm_core.charts import inside


def test_by_depth_names_the_ends_and_the_line() -> None:
    rows = [("first", 1e-4), ("middle", None), ("last", 2e-3)]
    chart = inside.by_depth(rows, title="Steps", unit="ratio", line=1e-3)
    assert "from 1.0e-04 (first) to 2.0e-03 (last). The line is at 0.001." in chart.alt
    assert list(chart.table["name"]) == ["first", "last"]


def test_units_say_which_share_is_stuck() -> None:
    chart = inside.units([[1, 0], [1, 0]], title="Units", says="saturated")
    assert "50 % of the cells shown are saturated" in chart.alt


def test_a_stack_is_read_from_its_first_to_its_last_layer() -> None:
    layers = [{"layer": 1, "std": 0.9, "gradient": 2.0}, {"layer": 2, "std": 0.1, "gradient": 1.0}]
    chart = inside.through_depth(layers)
    assert "from 0.9 to 0.1" in chart.alt
    assert len(chart.table) == 4


def test_numbers_of_a_stack_lie_between_the_edges_of_their_layer() -> None:
    layers = [
        {"layer": 1, "edges": [-1.0, 0.0, 1.0], "counts": [10, 5]},
        {"layer": 2, "edges": [-0.1, 0.0, 0.1], "counts": [2, 4]},
        {"layer": 3, "edges": [], "counts": []},  # nothing finite is left
    ]
    chart = inside.numbers_by_layer(layers)
    assert list(chart.table["share of the fullest"]) == [1.0, 0.5, 0.5, 1.0]
    assert "nothing finite" in chart.alt
    chart = inside.numbers_by_layer(layers[:2])
    assert "first layer's lie between -1 and 1" in chart.alt
    assert "last layer's between -0.1 and 0.1" in chart.alt


def test_steps_of_matrices_are_curves_over_the_steps_examined() -> None:
    moved = [
        {"step": 1, "ratios": {"low": 0.02, "high": None}},  # a head that starts at zero
        {"step": 8, "ratios": {"low": 0.002, "high": 0.004}},
    ]
    chart = inside.over_steps(moved, title="Steps", unit="ratio", line=1e-3)
    assert chart.table.values.tolist() == [["low", 1, 0.02], ["low", 8, 0.002], ["high", 8, 0.004]]
    assert "from 2.0e-02 at step 1 to 3.0e-03 at step 8. The line is at 0.001." in chart.alt


@pytest.mark.parametrize(
    "chart",
    [
        inside.by_depth([], title="t", unit="u"),
        inside.over_steps([], title="t", unit="u", line=1.0),
        inside.units([], title="t", says="asleep"),
    ],
)
def test_nothing_found_yet_is_a_picture_too(chart) -> None:
    assert "nothing to show yet" in chart.alt or "0 %" in chart.alt
    assert chart.figure.to_dict()
