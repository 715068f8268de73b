"""Documents by year: each is drawn once, in its split's colour, and the words match the data."""

from lm_core.charts.theme import SERIES
from lm_core.charts.timeline import by_year

YEARS, LENGTHS = [1790, 1861, 1991, 2010], [1000, 7000, 4000, 6500]
SPLITS = ["train", "train", "validation", "test"]
LABELS = ["1790 Washington", "1861 Lincoln", "1991 <b>Bush</b>", "2010 Obama"]


def test_each_document_is_a_point_of_its_split() -> None:
    chart = by_year(YEARS, LENGTHS, SPLITS, LABELS, what="speeches")
    assert [trace.name for trace in chart.figure.data] == ["train", "validation", "test"]
    assert [list(trace.x) for trace in chart.figure.data] == [[1790, 1861], [1991], [2010]]
    assert chart.figure.data[1].marker.color == SERIES["validation"].color
    assert len({trace.marker.symbol for trace in chart.figure.data}) == 3  # a cue beside the colour
    assert list(chart.table["length (words)"]) == LENGTHS


def test_the_words_say_what_is_drawn_and_labels_are_escaped() -> None:
    chart = by_year(YEARS, LENGTHS, SPLITS, LABELS, what="speeches")
    assert chart.alt == (
        "4 speeches from 1790 to 2010, median 5.25 k words; the longest is 1861 Lincoln with "
        "7,000 words."
    )
    assert chart.figure.data[1].customdata[0] == "1991 &lt;b&gt;Bush&lt;/b&gt;"


def test_nothing_is_drawn_of_nothing() -> None:
    assert "empty" in by_year([], [], [], []).alt
