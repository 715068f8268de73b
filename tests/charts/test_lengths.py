import pytest

from lm_core.charts.lengths import MOST, by_length_bars

SPANS, COUNTS = ["1 to 4 words", "5 or more words"], [40, 1]
SHARES = {"name": "exact match", "unit": "share right to the letter", "most": 1}
POINTS = {"name": "BLEU", "unit": "BLEU (0 to 100)", "most": 100}


def test_a_group_for_each_stretch_and_a_bar_for_each_model() -> None:
    chart = by_length_bars({"A": [1.0, 0.5], "<b>": [0.25, 0.0]}, SPANS, COUNTS, **SHARES)
    one, other = chart.figure.data
    assert (list(one.y), list(other.y)) == ([1.0, 0.5], [0.25, 0.0])
    assert (one.name, other.name) == ("A", "&lt;b&gt;")
    assert one.marker.pattern.shape != other.marker.pattern.shape
    layout = chart.figure.layout
    assert layout.title.text == chart.title == "Exact match by sentence length"
    assert layout.yaxis.title.text == "share right to the letter"
    assert layout.yaxis.ticktext[-1] == "100 %"
    assert layout.xaxis.ticktext == (
        "1 to 4<br>words<br>n = 40",
        "5 or more<br>words<br>n = 1",
    )
    assert chart.alt == (
        "Exact match by sentence length, for 1 to 4 words (40 sentences), 5 or more "
        "words (1 sentence): A 100 %, 50 %; <b> 25 %, 0 %."
    )
    assert chart.table.columns.tolist() == [
        "length",
        "sentences",
        "A (share right to the letter)",
        "<b> (share right to the letter)",
    ]
    assert chart.table["sentences"].tolist() == COUNTS


def test_a_score_that_cannot_be_had_has_no_bar_and_says_why() -> None:
    chart = by_length_bars({"A": [None, 37.25]}, SPANS, COUNTS, **POINTS)
    assert "A none: no reference has four words, 37.2." in chart.alt
    assert chart.table.iloc[:, 2].isna().tolist() == [True, False]
    assert chart.figure.layout.yaxis.range[1] >= 100


@pytest.mark.parametrize(("scores", "spans"), [({}, SPANS), ({"A": []}, [])])
def test_nothing_to_draw(scores: dict, spans: list[str]) -> None:
    assert "still empty" in by_length_bars(scores, spans, COUNTS[: len(spans)], **SHARES).alt


def test_as_many_models_as_patterns_can_be_told_apart() -> None:
    chart = by_length_bars({f"M{n}": [0.5, 0.5] for n in range(MOST)}, SPANS, COUNTS, **SHARES)
    assert len({bar.marker.pattern.shape for bar in chart.figure.data}) == MOST
