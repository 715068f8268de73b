import numpy as np
import pandas as pd

from lm_core.charts.families import FamilyRun, family_curves
from lm_core.charts.theme import FAMILIES


def points(tokens, nats):
    return pd.DataFrame({"tokens": tokens, "nats": nats})


LSTM = FamilyRun("lstm", points([1e5, 2e5, 3e5], [2.5, 2.0, 1.75]))
NGRAM = FamilyRun("ngram", points([1e6], [1.52]), label="n-gram, order 6")


def test_the_table_is_the_data_of_all_runs():
    table = family_curves([LSTM, NGRAM]).table
    assert list(table.columns) == ["model", "tokens read", "nats per character"]
    assert table["model"].tolist() == ["lstm"] * 3 + ["n-gram,·order·6"]
    assert table["tokens read"].tolist() == [1e5, 2e5, 3e5, 1e6]
    assert table["nats per character"].tolist() == [2.5, 2.0, 1.75, 1.52]


def test_each_family_has_its_own_line():
    line = family_curves([LSTM]).figure.data[0].line
    assert (line.color, line.dash) == (FAMILIES["lstm"].color, FAMILIES["lstm"].dash)


def test_a_model_that_counts_is_a_marker_on_a_level_line():
    figure = family_curves([LSTM, NGRAM]).figure
    assert [trace.mode for trace in figure.data] == ["lines", "markers"]
    (level,) = figure.layout.shapes
    assert level.y0 == level.y1 == 1.52


def test_the_sentence_ranks_the_ends():
    assert family_curves([LSTM, NGRAM], split="test").alt == (
        "Loss on test text at the end, lowest first, in nats per character: "
        "n-gram,·order·6 1.52, lstm 1.75."
    )


def test_two_runs_of_one_family_stay_apart():
    assert set(family_curves([LSTM, LSTM]).table["model"]) == {"lstm₁", "lstm₂"}


def test_what_is_not_a_number_is_left_out():
    broken = FamilyRun("gru", points([1, 2, 3], [2.0, np.nan, np.inf]))
    lost = FamilyRun("rnn", points([1, 2], [np.nan, np.nan]))
    chart = family_curves([broken, lost])
    assert chart.table["nats per character"].tolist() == [2.0]
    assert "gru 2.00." in chart.alt


def test_no_runs_is_an_empty_chart_of_the_same_size():
    chart = family_curves([], height=300)
    assert chart.figure.layout.height == 300
    assert list(chart.table.columns) == ["model", "tokens read", "nats per character"]
    assert "still empty" in chart.alt


def test_a_label_is_no_markup():
    figure = family_curves([FamilyRun("lstm", LSTM.points, label="<a>x</a>")]).figure
    assert figure.data[0].name == "&lt;a&gt;x&lt;/a&gt;"
