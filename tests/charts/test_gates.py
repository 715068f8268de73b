"""The stack of gates and the lines of a unit say and hold what they were given."""

import numpy as np

from lm_core.charts.gates import gate_stack, two_sided, unit_lines
from tests.charts.test_stack import unpacked

VALUES = np.array([[0.95, 0.5, 0.05], [0.2, 0.99, 0.3]])  # (C, T)
CALLED = {"forget": "Forget gate", "cell": "Cell state"}


def test_it_holds_every_gate_and_says_what_stands_out() -> None:
    values = {"forget": VALUES.T[None], "cell": VALUES.T[None] - 2}
    stack = gate_stack(values, ["a", "unit", "a"], called=CALLED, one_sided=["forget"])
    header, numbers = unpacked(stack.packed)
    np.testing.assert_allclose(numbers, np.stack([VALUES, VALUES - 2])[None], rtol=1e-6)
    assert header["spans"] == [[0, 1], [-1.95, 1.95]]  # states are drawn evenly around nothing
    assert header["along"][1] == ["Forget gate", "Cell state"]
    gate, cell = stack.one(0, 0), stack.one(0, 1)
    assert gate.table.iloc[:, 1:].to_numpy().tolist() == VALUES.tolist()
    assert list(gate.table) == ["unit₁", "a₁", "unit₂", "a₂"]  # a token may be called unit
    assert gate.title == "Forget gate, layer 1"
    assert "2 units over 3 tokens" in gate.alt
    assert "33 % of all are above 0.9, open, and 17 % below 0.1, shut" in gate.alt
    assert "furthest from 0 is unit 0 after a₂ (-1.95)" in cell.alt
    assert stack.whole.cells == stack.whole.table.iloc[:, 2:].size
    assert stack.whole.table["gate or state"].tolist()[::2] == [gate.title, cell.title]


def test_two_hues_meet_in_the_middle() -> None:
    for dark in (False, True):
        assert [place for place, _ in two_sided(dark)] == [0, 0.25, 0.5, 0.75, 1]


def test_lines_of_a_unit() -> None:
    chart = unit_lines({"h": [0.1, -0.5], "f": [1.0, 0.25]}, ["a", "b"], unit=7)
    assert [list(line.y) for line in chart.figure.data] == [[0.1, -0.5], [1.0, 0.25]]
    assert len({(line.line.color, line.line.dash) for line in chart.figure.data}) == 2
    assert chart.alt == "Unit 7 along the text: h from -0.50 to 0.10; f from 0.25 to 1.00."
