"""A race as a picture: what is drawn is what was given, and the sentence says where each is."""

import pandas as pd
import pytest

from lm_core.charts.race import Runner, place, race_chart


def runner(family: str, seed: int, *points: tuple[float, float], counts: bool = False) -> Runner:
    frame = pd.DataFrame(points, columns=["x", "y"], dtype=float)
    return Runner(family, family.upper(), seed, frame, counts)


GRU = [runner("gru", 0, (0, 3.0), (4, 2.0)), runner("gru", 1, (0, 3.0), (4, 2.2))]
NGRAM = runner("ngram", 0, (0.1, 2.9), (1, 2.5), counts=True)


def layers(chart) -> pd.DataFrame:
    return chart.figure.data


def test_every_point_is_drawn_and_in_the_table() -> None:
    chart = race_chart([*GRU, NGRAM], unit="nats per character")
    drawn = layers(chart)[layers(chart)["kind"] == "line"]
    assert sorted(zip(drawn["line"], drawn["x"], drawn["y"], strict=True)) == [
        ("gru 0", 0.0, 3.0),
        ("gru 0", 4.0, 2.0),
        ("gru 1", 0.0, 3.0),
        ("gru 1", 4.0, 2.2),
        ("ngram 0", 0.1, 2.9),
        ("ngram 0", 1.0, 2.5),
    ]
    table = chart.table
    assert list(table.columns) == ["family", "seed", "seconds of training", "nats per character"]
    assert len(table) == 6
    assert "GRU 2.10, NGRAM 2.50" in chart.alt  # means of the last points, the lowest first
    assert chart.figure.to_dict()["title"] == chart.title


def test_what_counts_is_drawn_on_to_where_the_others_are() -> None:
    chart = race_chart([*GRU, NGRAM], unit="nats")
    on = layers(chart)[layers(chart)["kind"] == "on"]
    assert list(zip(on["x"], on["y"], strict=True)) == [(1.0, 2.5), (4.0, 2.5)]
    alone = race_chart([NGRAM], unit="nats")
    assert not (layers(alone)["kind"] == "on").any()


def test_guesses_stand_across_where_they_are_in_view() -> None:
    chart = race_chart(GRU, unit="nats", guesses={"chance": 2.8, "far away": 90.0})
    guess = layers(chart)[layers(chart)["kind"] == "guess"]
    assert list(guess["family"]) == ["chance"]
    assert list(guess["y"]) == [2.8]


def test_a_scale_of_factors_has_no_nothing() -> None:
    chart = race_chart([*GRU, NGRAM], unit="nats", log_x=True)
    assert (layers(chart)["x"] > 0).all()
    assert len(chart.table) == 4  # the points at 0 cannot be placed
    spec = chart.figure.specification()
    assert '"type": "log"' in str(spec).replace("'", '"')


def test_before_the_first_evaluation_there_is_a_frame_and_a_sentence() -> None:
    chart = race_chart([runner("gru", 0)], unit="nats")
    assert "No loss yet" in chart.alt
    assert len(chart.table) == 0
    assert set(layers(chart)["kind"]) == {"frame"}
    assert race_chart([], unit="nats").alt == chart.alt


def test_what_lies_far_above_is_marked_and_said_and_never_changed() -> None:
    wild = runner("gru", 0, (0, 3.0), (1, 40.0), (2, 2.0))
    chart = race_chart([wild], unit="nats")
    assert "1 value lies above the picture, up to 40 (GRU, seed 0, 1.0 seconds)" in chart.beyond
    assert 40.0 in set(chart.table["nats"])


@pytest.mark.parametrize(
    ("x", "axis", "said"),
    [
        (3.25, "seconds", "3.2 seconds"),
        (61.0, "seconds", "61 seconds"),
        (1500, "step", "step 1,500"),
        (12_345, "tokens", "12.3 k tokens"),
        (2_000_000, "bytes", "2 M bytes"),
        (3e9, "operations", "3 G operations"),
    ],
)
def test_places_are_said_in_the_words_of_their_axis(x: float, axis: str, said: str) -> None:
    assert place(x, axis) == said


def test_tokenizers_race_over_text_under_a_title_of_their_own() -> None:
    points = pd.DataFrame({"x": [1e5, 4e5], "y": [3.0, 2.0]})
    runners = [Runner("char", "Characters", 0, points), Runner("bpe-512", "BPE", 0, points + 0.1)]
    chart = race_chart(runners, unit="bits per byte", axis="bytes", title="Loss by tokenizer")
    assert chart.title == chart.figure.to_dict()["title"] == "Loss by tokenizer"
    assert chart.alt.startswith("Loss by tokenizer. Last points")
    assert list(chart.table.columns)[2:] == ["bytes of text read", "bits per byte"]
