"""A race in rows and sentences: what is said is what the figures say."""

import pytest

from lm_core.evaluation.standings import JUDGE, Point, Result
from lm_core.runs.race import Race
from lm_core.runs.race_file import RaceFile
from lm_core.runs.race_table import (
    WATTS,
    counting_beside,
    in_words,
    landed,
    order,
    ranked,
    rows,
)
from lm_core.runs.spec import CorpusSpec
from lm_core.training import Budget


def run(model: str, seed: int, nats: float, *curve: float, **figures: float) -> Result:
    points = tuple(Point(k, 100 * k, float(k), x) for k, x in enumerate(curve))
    return Result(model, seed, {JUDGE: nats, **figures}, points)


RACE = [
    run("gru", 0, 2.00, 3.0, 2.3, 2.0),
    run("gru", 1, 2.10, 3.0, 2.6, 2.1),
    run("lstm", 0, 2.05, 3.0, 2.8, 2.05),
    run("lstm", 1, 2.15, 3.0, 2.7, 2.15),
    run("ngram", 0, 2.50, 2.8, 2.5),
    run("mlp", 0, 2.70, 3.0, 2.7),
    run("mlp", 1, 2.80, 3.0, 2.8),
]


def test_an_order_is_only_called_one_where_no_seeds_overlap() -> None:
    assert order(ranked(RACE)) == (
        "From the lowest validation loss up: GRU (2.050) and LSTM (2.100); then N-gram (2.500); "
        "then MLP (2.750). Those named together cannot be told apart: "
        "their seeds overlap, or one of them has run with one seed only."
    )
    assert order(ranked([])) == "Nobody has reached the finish yet."
    once = order(ranked([run("gru", 0, 2.0), run("lstm", 0, 3.0), Result("rnn", 0)]))
    assert "GRU (2.000) and LSTM (3.000)" in once
    assert "has run with one seed only" in once
    assert once.endswith("Still under way: RNN.")


def test_counting_stands_beside_every_network() -> None:
    gru, lstm, mlp = counting_beside(ranked(RACE))
    assert gru == "GRU is below the N-gram (2.500) after 1 to 2 s."
    assert lstm == "LSTM is below the N-gram (2.500) after 2 s."
    assert mlp == "MLP has not come below the N-gram (2.500) with every seed."
    assert counting_beside(ranked(RACE[:4])) == []
    tokens = counting_beside(ranked(RACE), "tokens")
    assert tokens[0].endswith("after 100 to 200 tokens.")


def test_rows_are_means_over_the_seeds_and_energy_follows_from_the_time() -> None:
    figured = [
        run("gru", 0, 2.0, cpu_seconds=360.0, memory=2e6, perplexity=7.0),
        run("gru", 1, 2.2, cpu_seconds=360.0, memory=2e6, perplexity=9.0),
    ]
    row, waiting = rows(ranked([*figured, Result("lstm", 0)]))
    assert (row["Family"], row["Validation"], row["Its seeds"]) == ("GRU", 2.1, "2.000 to 2.200")
    assert (row["Test perplexity"], row["Memory, MB"]) == (8.0, 2.0)
    assert row["Energy, Wh"] == pytest.approx(360 * WATTS / 3600)
    assert waiting["Validation"] is None
    (counted,) = rows(ranked([run("ngram", 0, 2.5)]))
    assert counted["Its seeds"] == "one run is all there is"


def test_a_race_that_is_run_again_lands_inside_or_not() -> None:
    again = [run("gru", 5, 2.06), run("lstm", 5, 9.0), run("ngram", 0, 2.50001), run("rnn", 0, 2.0)]
    assert landed(ranked(again), ranked(RACE)) == (["gru", "ngram"], ["lstm"])
    assert landed([], ranked(RACE)) == ([], [])


def test_a_terminal_has_a_row_a_family_and_the_sentences() -> None:
    race = Race(CorpusSpec(name="names"), ("gru", "lstm", "ngram", "mlp"), Budget(steps=3), 2)
    file = RaceFile(race, "nats per character", {"how often each token comes": 2.9}, tuple(RACE))
    first, heading, *rest = in_words(file)
    assert first == "In nats per character, means over the seeds:"
    assert heading.split()[0] == "Family"
    assert [line.split()[0] for line in rest[:4]] == ["GRU", "LSTM", "N-gram", "MLP"]
    assert "2.05" in rest[0]
    assert "Guessing by how often each token comes: 2.900." in rest
    assert order(ranked(RACE)) in rest
