"""A line over the size of the vocabulary."""

from lm_core.charts.vocabulary import by_vocabulary

SIZES, VALUES = [257, 600, 1024], [56, 34, 30]


def test_it_draws_what_was_measured_and_marks_the_chosen_size() -> None:
    chart = by_vocabulary(SIZES, VALUES, "tokens of the text", title="Length", chosen=600)
    line, mark = chart.figure.data
    assert (list(line.x), list(line.y)) == (SIZES, VALUES)
    assert (list(mark.x), list(mark.y)) == ([600], [34])
    assert chart.table["tokens of the text"].tolist() == VALUES
    assert chart.alt == (
        "Length: from 56 tokens of the text with 257 tokens to 30 with 1,024; at 600 it is 34."
    )


def test_a_size_that_was_not_measured_is_not_marked() -> None:
    chart = by_vocabulary(SIZES, VALUES, "tokens", title="Length", chosen=4096)
    assert len(chart.figure.data) == 1
    assert chart.alt.endswith("1,024.")


def test_of_nothing_it_says_so() -> None:
    assert "empty" in by_vocabulary([], [], "tokens", title="Length").alt
