from lm_core.charts.typical import typical_bars


def test_the_most_typical_are_named_with_their_counts():
    chart = typical_bars(["war", "<b>"], [9.5, 3.0], [80, 7], [4, 0], title="Of X & Y")
    assert chart.table["here (times)"].tolist() == [80, 7]
    assert chart.alt == (
        "Of X & Y: war (9.5; 80 times here, 4 elsewhere), <b> (3.0; 7 times here, 0 elsewhere)."
    )
    assert chart.figure.layout.yaxis.ticktext[1] == "&lt;b&gt;"
    assert list(chart.figure.data[0].text) == ["9.5", "3.0"]


def test_nothing_may_stand_out():
    assert "no word stands out" in typical_bars([], [], [], [], title="X").alt
