import pytest

from lm_core.charts.confusion import NUMBERED, confusion_map

COUNTS = [[8, 2, 0], [0, 0, 0], [3, 0, 1]]


def test_shares_are_of_the_real_class_and_counts_stand_in_the_cells() -> None:
    chart = confusion_map(["a", "b", "<b>"], COUNTS)
    (heat,) = chart.figure.data
    assert heat.z.tolist() == [[0.8, 0.2, 0.0], [0.0, 0.0, 0.0], [0.75, 0.0, 0.25]]
    assert [note.text for note in chart.figure.layout.annotations] == list("820000301")
    assert chart.alt == ("9 of 14 texts are right; most often <b> was taken for a, 3 of 4 times.")
    assert chart.table["texts"].tolist() == [8, 2, 0, 0, 0, 0, 3, 0, 1]
    assert "&lt;b&gt;" in heat.text[2][0]  # a class is text, never markup


def test_nothing_judged_yet_is_said() -> None:
    assert "still empty" in confusion_map(["a", "b"], [[0, 0], [0, 0]]).alt
    assert "still empty" in confusion_map([], []).alt


@pytest.mark.parametrize("K", [NUMBERED, NUMBERED + 1, 60])
def test_many_classes_are_told_by_colour_alone(K: int) -> None:
    chart = confusion_map([f"class {k}" for k in range(K)], [[1] * K] * K)
    assert len(chart.figure.layout.annotations) == (K * K if K <= NUMBERED else 0)
    assert len(chart.figure.layout.xaxis.tickvals) <= 40
    assert len(chart.table) == K * K
