"""What of a validation text was met in training, as two bars."""

from lm_core.charts.leaks import leak_bars


def test_two_bars_a_sentence_and_a_table() -> None:
    chart = leak_bars(0.25, 1000, 32, fine=0.01)
    assert list(chart.figure.data[0].x) == [0.75, 0.25]
    assert chart.figure.data[0].text == ("75 %", "25 %")
    assert chart.alt == (
        "Of 1,000 pieces of 32 tokens of the validation text 25 % stand in the training text word "
        "for word; up to 1 % is fine."
    )
    assert list(chart.table["found"]) == [750, 250]


def test_of_a_list_items_are_counted() -> None:
    assert leak_bars(0.0, 1, 0, fine=0.01).alt.startswith("Of 1 item of the validation text 0 %")
