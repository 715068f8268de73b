import json

import numpy as np
import pandas as pd
import pytest

from lm_core.charts.alignment import NUMBERED, TITLE, alignment

SOURCE = ["nine", "hundred", "and", "nine"]
LOOKS = np.array([[0.9, 0.1, 0.0, 0.0], [0.0, 0.2, 0.0, 0.5]])


def drawn(chart):
    spec = chart.figure.to_dict()
    ((_, rows),) = spec.pop("datasets").items()
    spec.pop("data", None)
    return pd.DataFrame(rows), spec


def test_the_table_is_every_look_and_the_next_one_has_a_row():
    chart = alignment(LOOKS, SOURCE, ["neuf"])
    assert chart.title == TITLE
    assert chart.table["written"].tolist() == ["neuf"] * 4 + ["(next)"] * 4
    assert chart.table["looked at"].tolist()[:4] == ["nine₁", "hundred", "and", "nine₂"]
    assert chart.table["attention (share of 1)"].to_numpy() == pytest.approx(LOOKS.ravel())


def test_a_row_more_changes_the_data_alone_and_no_place():
    one, spec = drawn(alignment(LOOKS[:1], SOURCE, ["neuf"], places=5))
    two, again = drawn(alignment(LOOKS, SOURCE, ["neuf", "cent"], places=5))
    assert spec == again
    assert one["written"].nunique() == two["written"].nunique() == 5
    assert one["filled"].sum() == 4
    assert two["filled"].sum() == 8


def test_a_target_longer_than_its_room_gets_more():
    many = np.tile(LOOKS[:1], (7, 1))
    assert drawn(alignment(many, SOURCE, ["neuf"] * 7, places=3))[0]["written"].nunique() == 7


def test_numbers_stand_in_the_cells_of_a_short_source():
    assert len(drawn(alignment(LOOKS, SOURCE, ["neuf"]))[1]["layer"]) == 3
    long = ["x"] * (NUMBERED + 1)
    weights = np.full((1, len(long)), 1 / len(long))
    assert len(drawn(alignment(weights, long, ["y"]))[1]["layer"]) == 1


def test_the_sentence_says_each_look_and_what_went_nowhere():
    assert alignment(LOOKS, SOURCE, ["neuf"]).alt == (
        "Looks of 2 tokens: neuf mostly at nine₁ (90 %); (next) mostly at nine₂ (50 %). What is "
        "missing to 100 % went to no token, most of it (30 %) for (next)."
    )
    assert "went to no token" not in alignment(LOOKS[:1], SOURCE, ["neuf"]).alt
    assert "still empty" in alignment(np.zeros((0, 4)), SOURCE, []).alt


@pytest.mark.parametrize("dark", [False, True])
def test_what_is_no_number_is_left_blank(dark: bool):
    weights = LOOKS.copy()
    weights[0, 0] = np.nan
    chart = alignment(weights, SOURCE, ["neuf"], dark=dark)
    assert drawn(chart)[0]["filled"].tolist() == [0] + [1] * 7
    json.dumps(chart.figure.to_dict(), allow_nan=False)
