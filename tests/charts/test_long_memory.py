"""Success by delay: means, spreads over seeds, and a sentence that follows from them."""

import pytest

from lm_core.charts.long_memory import Delays, read_delays, success_by_delay

GRU = Delays("GRU", "gru", {2: (1.0, 1.0), 4: (0.95, 0.97), 8: (0.2, 1.0)})
RNN = Delays("RNN", "rnn", {2: (0.5, 0.6), 4: (0.0, 0.1), 8: (0.0, 0.0)})


def test_means_and_spreads_are_drawn() -> None:
    chart = success_by_delay([GRU, RNN], title="Copy", guessing=0.04)
    gru, rnn = chart.figure.data
    assert list(gru.y) == pytest.approx([1.0, 0.96, 0.6])
    assert list(gru.error_y.array) == pytest.approx([0, 0.01, 0.4])
    assert list(gru.error_y.arrayminus) == pytest.approx([0, 0.01, 0.4])
    assert gru.x[0] < 2 < rnn.x[0]
    assert chart.figure.layout.xaxis.type == "log"
    assert len(chart.table) == 6
    assert chart.table["highest seed"].tolist() == [1.0, 0.97, 1.0, 0.6, 0.1, 0.0]


def test_the_sentence_says_up_to_where_every_seed_remembers() -> None:
    said = read_delays([GRU, RNN])
    assert "GRU remembers over 4 characters" in said
    assert "RNN over none of these delays (55 % right at 2, on average)" in said
    assert read_delays([]) == "nothing was measured yet."
