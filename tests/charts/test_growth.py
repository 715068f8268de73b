"""How a cost grows."""

from lm_core.charts.growth import FACTORS, growth_curves


def test_lines_sentence_and_table_say_the_same():
    grown = {"width C": [f * f * 10 for f in FACTORS], "context T": [7] * 5}
    chart = growth_curves(grown, title="Parameters", unit="parameters")
    assert [trace.name for trace in chart.figure.data] == ["width C", "context T"]
    assert list(chart.figure.data[0].y) == [10, 40, 160, 640, 2560]
    assert "width C 256; context T not at all" in chart.alt
    row = chart.table[(chart.table["size"] == "width C") & (chart.table["times as large"] == 16)]
    assert list(row["parameters"]) == [2560]
    assert {trace.line.dash for trace in chart.figure.data} == {"solid", "dash"}


def test_nothing_to_show_is_said():
    chart = growth_curves({}, title="State", unit="numbers")
    assert "no such cost" in chart.alt
    assert chart.table.empty


def test_names_are_no_markup():
    chart = growth_curves({"<b>": [1] * 5}, title="State", unit="numbers")
    assert "<b>" not in chart.figure.data[0].name
