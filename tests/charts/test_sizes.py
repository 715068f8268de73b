from lm_core.charts.sizes import parameter_bars, shape_table


def test_parts_keep_their_order_and_the_table_is_the_data():
    chart = parameter_bars([("embedding", 100), ("layer", 600), ("layer", 300)])
    assert chart.table["part"].tolist() == ["embedding", "layer₁", "layer₂"]
    assert chart.table["parameters"].tolist() == [100, 600, 300]
    assert chart.table["share of all"].tolist() == [0.1, 0.6, 0.3]
    assert list(chart.figure.data[0].x) == [100, 600, 300]
    assert list(chart.figure.data[0].text) == ["100 (10 %)", "600 (60 %)", "300 (30 %)"]


def test_the_sentence_and_the_title_sum_up():
    chart = parameter_bars([("embedding", 12_000), ("layer", 36_000)])
    assert chart.title == chart.figure.layout.title.text == "Parameters: 48 k"
    assert chart.alt == "48,000 parameters in 2 parts: most in layer (36,000, 75 %)."


def test_no_parts_and_no_parameters_are_charts():
    assert "empty" in parameter_bars([]).alt
    assert parameter_bars([("dropout", 0)]).table["share of all"].tolist() == [0.0]


def test_shapes_multiply_what_is_known():
    table = shape_table(
        [("ids", ("B", "T")), ("logits", ("B", "T", 65)), ("weights", (128, 65)), ("loss", ())]
    )
    assert list(table.columns) == ["step", "shape", "numbers"]
    assert table["shape"].tolist() == ["B × T", "B × T × 65", "128 × 65", "one number"]
    assert table["numbers"].tolist() == ["B × T", "B × T × 65", "8,320", "1"]
