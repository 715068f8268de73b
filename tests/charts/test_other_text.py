"""Models on texts, as bars, a sentence and a table."""

from lm_core.charts.other_text import OnText, on_texts


def test_its_own_text_and_another_one_that_it_cannot_read() -> None:
    rows = [
        OnText("LSTM", "speeches", True, 3.0, 1.5, 0.0, 0.0),
        OnText("LSTM", "<i>names</i>", False, 5.0, None, 0.25, 0.1),
    ]
    chart = on_texts(rows)
    assert list(chart.figure.data[0].text) == ["1.500", "withheld"]
    assert list(chart.figure.layout.yaxis.ticktext) == ["LSTM: its own text", "LSTM: the other"]
    assert chart.alt == (
        "On its own text and on another: LSTM on speeches 1.500 bits per character; LSTM on "
        "<i>names</i> has no bits per character."
    )
    assert list(chart.table["characters not read (share of 1)"]) == [0.0, 0.25]
    assert "still empty" in on_texts([]).alt
