from lm_core.charts.by_group import group_rates


def test_a_bar_is_a_rate_of_its_group():
    counts = {"1860s": (3, 1000), "1950s": (0, 500), "1960s": (1, 2000)}
    chart = group_rates(counts, title="“war”", by="decade", unit="words")
    assert chart.table["times in a million words"].tolist() == [3000, 0, 500]
    assert list(chart.figure.data[0].y) == [3000, 0, 500]
    assert chart.alt == (
        "“war”, by decade: most often in 1860s, 3,000 times in a million words; "
        "1 of 3 groups have none."
    )


def test_many_groups_have_thinned_names_and_none_may_have_it():
    many = {f"group {i} with a long name": (0, 10) for i in range(60)}
    chart = group_rates(many, title="x", by="class", unit="words")
    assert len(chart.figure.layout.xaxis.ticktext) == 20
    assert "no group" in chart.alt
    assert "no group" in group_rates({"a": (0, 0)}, title="x", by="class", unit="words").alt
