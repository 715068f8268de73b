"""The heatmap of a gate and the lines of a unit say and hold what they were given."""

import numpy as np

from lm_core.charts.gates import CLICKABLE, gate_map, unit_lines

VALUES = np.array([[0.95, 0.5, 0.05], [0.2, 0.99, 0.3]])


def test_it_holds_the_values_and_a_cell_can_be_clicked() -> None:
    chart = gate_map(VALUES, ["a", "b", "a"], name="Forget gate", layer=0, selected=(1, 2))
    heat, points = chart.figure.data
    np.testing.assert_allclose(heat.z, VALUES, atol=1e-6)
    assert (heat.zmin, heat.zmax) == (0, 1)
    assert [list(place) for place in points.customdata][4] == [1, 1]
    assert chart.table.drop(columns="unit").to_numpy().tolist() == VALUES.tolist()
    assert list(chart.table) == ["unit", "a₁", "b", "a₂"]
    assert chart.title == "Forget gate, layer 1"
    assert "2 units over 3 tokens" in chart.alt
    assert "33 % of all are above 0.9, open, and 17 % below 0.1, shut" in chart.alt


def test_states_are_drawn_evenly_around_nothing() -> None:
    chart = gate_map(
        VALUES - 2, ["<b>", "b", "c"], name="Cell state", layer=1, both_sides=True, dark=True
    )
    heat = chart.figure.data[0]
    assert (heat.zmin, heat.zmax) == (-1.95, 1.95)
    assert "<b>" not in chart.figure.to_json().replace("\\u003c", "<")
    assert "furthest from 0 is unit 0 after c (-1.95)" in chart.alt


def test_a_long_text_is_drawn_without_points_to_click() -> None:
    values = np.zeros((256, 500))
    assert values.size > CLICKABLE
    chart = gate_map(values, ["x"] * 500, name="Hidden state", layer=0, both_sides=True)
    assert len(chart.figure.data) == 1


def test_lines_of_a_unit() -> None:
    chart = unit_lines({"h": [0.1, -0.5], "f": [1.0, 0.25]}, ["a", "b"], unit=7)
    assert [list(line.y) for line in chart.figure.data] == [[0.1, -0.5], [1.0, 0.25]]
    assert len({(line.line.color, line.line.dash) for line in chart.figure.data}) == 2
    assert chart.alt == "Unit 7 along the text: h from -0.50 to 0.10; f from 0.25 to 1.00."
