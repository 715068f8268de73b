"""The evidence bar: its pieces sum to the probability, and every length of context has a row."""

import pytest

from lm_core.charts.evidence import Source, evidence_bar, evidence_table, named

SOURCES = [
    Source("", -1, 0, 0, 0.0, 0.0, 0.001),
    Source("", 0, 1000, 4, 1.5, 0.02, 0.009),
    Source(" the", 1, 50, 10, 1.5, 0.2, 0.04),
    Source(" of the", 2, 8, 4, 1.2, 0.3, 0.35),
]


def test_the_pieces_are_the_shares_longest_context_first() -> None:
    chart = evidence_bar(SOURCES, " Union")
    bars = chart.figure.data
    assert [bar.x[0] for bar in bars] == [0.35, 0.04, 0.009, 0.001]
    assert [bar.name for bar in bars] == [
        "after ·of·the",
        "after ·the",
        "no context",
        "every token alike",
    ]
    assert chart.title == "·Union: 40 % at temperature 1"
    assert list(chart.figure.layout.xaxis.range) == [0, pytest.approx(0.4)]


def test_thin_pieces_have_no_number_and_the_thinnest_no_name() -> None:
    bars = evidence_bar(SOURCES, "x").figure.data
    assert [bar.text[0] for bar in bars] == ["35 %", "4 %", "", ""]
    assert [bar.showlegend for bar in bars] == [True, True, True, False]


def test_colours_differ_from_piece_to_piece_on_either_page() -> None:
    for dark in (False, True):
        bars = evidence_bar(SOURCES, "x", dark=dark).figure.data
        assert len({bar.marker.color for bar in bars}) == len(bars)


def test_the_table_has_a_row_a_length_and_no_counts_where_nothing_was_counted() -> None:
    table = evidence_table(SOURCES)
    assert table["context"].tolist()[0] == "after ·of·the"
    assert table["counts"].tolist()[:3] == [8, 50, 1000]
    assert table.iloc[-1].isna().sum() == 4
    assert table["adds (share of 1)"].sum() == pytest.approx(0.4)


def test_the_words_name_the_largest_piece() -> None:
    assert evidence_bar(SOURCES, " Union").alt == (
        "·Union has 40 %; most of it, 35 %, from “after ·of·the” (4 of 8 counts)."
    )
    assert named(SOURCES[0]) == "every token alike"


def test_what_is_impossible_is_said_and_draws_nothing() -> None:
    never = [Source("a", 1, 9, 0, 0.0, 0.0, 0.0)]
    chart = evidence_bar(never, "q")
    assert not chart.figure.data
    assert "no probability" in chart.alt


def test_markup_in_a_text_stays_text() -> None:
    chart = evidence_bar([Source("<b>", 1, 9, 3, 0.0, 0.5, 0.2)], "<i>")
    assert chart.figure.data[0].name == "after &lt;b&gt;"
    assert chart.figure.layout.title.text.startswith("&lt;i&gt;")
