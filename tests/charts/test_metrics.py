import math

from lm_core.charts.metrics import metric_curve

VALUES = [(1, 0.25), (10, 0.75), (30, math.nan), (40, 0.5)]


def test_a_line_through_the_evaluations() -> None:
    chart = metric_curve(VALUES, "accuracy", "share of the texts")
    assert chart.title == "Accuracy on validation"
    assert chart.figure.data["step"].tolist() == [1, 10, 40]
    assert chart.table.columns.tolist() == ["step", "accuracy, share of the texts"]
    assert chart.alt == (
        "Accuracy on validation: 0.25 at step 1, 0.5 at step 40, highest 0.75 at step 10; not a "
        "number at 1 evaluation (share of the texts)."
    )


def test_the_specification_stays_while_the_data_change() -> None:
    first, more = (metric_curve(VALUES[:n], "F1", "mean over the classes") for n in (1, 3))
    assert first.figure.specification() == more.figure.specification()
    assert first.alt == "F1 on validation: 0.25 at step 1 (mean over the classes)."


def test_nothing_evaluated_yet() -> None:
    assert "nothing was evaluated yet" in metric_curve([], "BLEU", "0 to 100").alt
