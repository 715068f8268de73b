"""The class board's charts say what they show."""

from hypothesis import given
from hypothesis import strategies as st

from lm_core.charts.board import change_words, lowest_bars, said_bars

SAID = {"LSTM": {"before": 12, "after": 3}, "Transformer": {"before": 8, "after": 17}, "n-gram": {}}


def test_each_moment_has_its_bars_its_lines_and_its_words() -> None:
    chart = said_bars(SAID, title="Which wins?")
    before, after = chart.figure.data
    assert (list(before.x), list(after.x)) == ([12, 8, 0], [3, 17, 0])
    assert before.marker.pattern.shape != after.marker.pattern.shape
    assert chart.table.columns.tolist() == ["answer", "before (pupils)", "after (pupils)"]
    assert chart.alt == (
        "Which wins?: before, 20 answers, most often “LSTM” (12); after, 20 answers, most often "
        "“Transformer” (17)."
    )
    once = said_bars({"yes": {"": 1}, "no": {"": 0}})
    assert once.alt == "What was said: 1 answer, most often “yes” (1)."
    assert once.table["pupils"].tolist() == [1, 0]
    assert said_bars({}).alt == "What was said: nobody has answered yet."
    assert "nobody" in said_bars({"a": {}, "b": {}}).alt


COUNTS = st.dictionaries(st.sampled_from(["", "before", "after"]), st.integers(0, 40))


@given(said=st.dictionaries(st.text(max_size=30), COUNTS, max_size=14))
def test_the_table_adds_up_to_what_was_said(said: dict) -> None:
    chart = said_bars(said)
    assert len(chart.table) == len(said)
    shown = chart.table.drop(columns="answer").to_numpy().sum() if said else 0
    assert shown == sum(n for counts in said.values() for n in counts.values())


def test_who_changed_in_words() -> None:
    change = {(False, True): 10, (True, False): 1, (True, True): 4, (False, False): 5}
    assert change_words(change) == (
        "Of the 20 who answered before and after, 10 went from wrong to right and 1 from right to "
        "wrong; 4 were right and 5 wrong both times."
    )
    assert change_words(dict.fromkeys(change, 0)).startswith("Nobody")


def test_the_lowest_first() -> None:
    chart = lowest_bars(["Ada: LSTM", "GRU"], [2.0, 2.5], title="Names")
    assert chart.alt == (
        "Names: Ada: LSTM with 2.000 bits per character of validation text; the last of the 2 "
        "shown, GRU, with 2.500."
    )
    assert "no run" in lowest_bars([], [], title="Names").alt
