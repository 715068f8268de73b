from lm_core.charts.heaps import vocabulary_curve


def test_the_law_is_drawn_through_what_was_counted():
    chart = vocabulary_curve([100, 400], [20, 40], 2.0, 0.5)
    assert chart.table.to_numpy().tolist() == [[100, 20, 20], [400, 40, 40]]
    assert chart.alt == (
        "After 400 words there are 40 different ones; "
        "the fitted law is 2 times n to the power 0.50."
    )
    assert chart.figure.layout.xaxis.type == chart.figure.layout.yaxis.type == "log"


def test_without_a_law_there_is_no_line():
    chart = vocabulary_curve([1], [1], float("nan"), float("nan"), what="letter")
    assert len(chart.figure.data) == 1
    assert chart.alt == "After 1 letter there are 1 different ones."
    assert "empty" in vocabulary_curve([], [], float("nan"), float("nan")).alt
