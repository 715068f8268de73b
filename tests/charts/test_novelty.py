"""The lines of what was learned: written beside kept, in a sentence and a table."""

import math

from lm_core.charts.novelty import known_lines


def test_two_lines_a_sentence_and_a_table() -> None:
    chart = known_lines({1: 1.0, 2: 0.5}, {1: 0.9, 2: 0.4, 3: 0.25}, who="<b>LSTM</b>")
    written, kept = chart.figure.data
    assert (list(written.x), list(written.y)) == ([1, 2], [1.0, 0.5])
    assert list(kept.y) == [0.9, 0.4, 0.25]
    assert written.line.dash != kept.line.dash
    assert written.name == "&lt;b&gt;LSTM&lt;/b&gt;"
    assert chart.alt == (
        "Runs that stand in the training text, by their length in tokens. <b>LSTM</b> 1: 100 %, "
        "2: 50 %; text that was kept from it 1: 90 %, 2: 40 %, 3: 25 %."
    )
    assert list(chart.table.iloc[:, 0]) == [1, 2, 3]
    assert math.isnan(chart.table.iloc[2, 1])


def test_nothing_written_and_nothing_kept() -> None:
    assert "still empty" in known_lines({}, {}, who="a").alt
    assert len(known_lines({1: 0.5}, {}, who="a").figure.data) == 1
