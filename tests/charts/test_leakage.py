from lm_core.charts.leakage import shared_run_curves


def test_a_line_for_each_and_a_share_for_each_length():
    shares = {"validation": {1: 1.0, 2: 0.25}, "test": {1: 0.5}}
    chart = shared_run_curves(shares, unit="words")
    assert chart.table["words in a row"].tolist() == [1, 2]
    assert chart.table["validation (share of 1)"].tolist() == [1.0, 0.25]
    assert chart.table["test (share of 1)"].isna().tolist() == [False, True]
    assert chart.alt == (
        "Met in training already, by words in a row: "
        "validation: 100 % of 1, 25 % of 2; test: 50 % of 1."
    )
    assert "empty" in shared_run_curves({}, unit="words").alt
