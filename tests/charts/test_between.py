import numpy as np

from lm_core.charts.between import FAINT, MOST, lines_between

TOKENS = ["we", "the", "people"]
WEIGHTS = np.array([[1, np.nan, np.nan], [0.7, 0.3, np.nan], [0.9, 0.08, 0.02]])


def ends(chart):
    """(from, to) of every line."""
    lines = [trace for trace in chart.figure.data if trace.mode == "lines"]
    found = []
    for line in lines:
        y = list(line.y)
        found += [(int(y[i]), int(y[i + 1])) for i in range(0, len(y), 3)]
    return sorted(found)


def test_a_line_for_every_look_that_is_not_faint():
    chart = lines_between(WEIGHTS, TOKENS, 0, 1)
    assert ends(chart) == [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1)]
    assert len(chart.table) == 5
    assert chart.table["attention (share of 1)"].min() >= FAINT
    assert chart.alt == (
        "Layer 1, head 2: lines, 5 lines of 4 % or more; the thickest look at another token is "
        "people at we (90 %)."
    )


def test_the_more_is_taken_the_thicker():
    lines = [t for t in lines_between(WEIGHTS, TOKENS, 0, 0).figure.data if t.mode == "lines"]
    widths = [line.line.width for line in lines]
    assert widths == sorted(widths)
    assert len(set(widths)) == len(widths) > 2


def test_one_token_alone():
    chart = lines_between(WEIGHTS, TOKENS, 0, 0, row=1)
    assert ends(chart) == [(1, 0), (1, 1)]
    names = [trace for trace in chart.figure.data if trace.mode == "markers+text"]
    assert list(names[0].text) == ["we", "<b>the</b>", "people"]


def test_another_text():
    chart = lines_between(
        np.array([[0.2, 0.8], [0.97, 0.03]]), ["un", "deux"], 1, 0, columns=["one", "two"]
    )
    assert ends(chart) == [(0, 0), (0, 1), (1, 0)]
    assert chart.alt.endswith("the thickest look is deux at one (97 %).")


def test_of_a_long_text_the_end_and_it_says_so():
    T = MOST + 10
    weights = np.tril(np.ones((T, T))) / np.arange(1, T + 1)[:, None]
    weights[-1] = 0
    weights[-1, -2] = 1
    chart = lines_between(weights, [f"w{i}" for i in range(T)], 0, 0)
    assert ends(chart)[-1] == (MOST - 1, MOST - 2)
    assert chart.table.iloc[-1].tolist() == [f"w{T - 1}", f"w{T - 2}", 1.0]
    assert chart.beyond == f"Of a longer text the last {MOST} tokens are drawn."
    assert chart.beyond in chart.alt


def test_tokens_are_no_markup():
    chart = lines_between(np.ones((1, 1)), ["<a href=x>"], 0, 0)
    assert all("<a" not in text for t in chart.figure.data if t.text for text in t.text)
