"""The map of tokens holds every point, tells kinds apart twice, and names what it was asked to."""

import numpy as np
import pytest

from lm_core.charts.token_map import NAMED, SYMBOLS, token_map

POINTS = np.array([[0.0, 1.0, 2.0], [1.0, 0.0, -1.0], [-1.0, -1.0, -1.0]])
LABELS, KINDS, SHARES = ["a", "<b>", "e"], ["vowel", "consonant", "vowel"], [0.5, 0.25, 0.1]


@pytest.mark.parametrize("k", [2, 3])
def test_every_point_is_there_with_its_name(k: int) -> None:
    chart = token_map(POINTS[:, :k], LABELS, KINDS, SHARES, title="Map", chosen=0, near=[2])
    vowels, consonants, ring = chart.figure.data
    assert vowels.type == ("scatter3d" if k == 3 else "scatter")
    assert list(vowels.text) == ["a", "e"]
    assert [list(one) for one in vowels.customdata] == [[0], [2]]
    assert list(consonants.text) == ["&lt;b&gt;"]
    assert "<b>" not in chart.figure.to_json().replace("\\u003c", "<")
    assert vowels.marker.symbol != consonants.marker.symbol
    assert vowels.marker.color != consonants.marker.color
    assert (ring.x[0], ring.y[0]) == tuple(POINTS[0, :2])
    assert chart.table[[f"axis {i + 1}" for i in range(k)]].to_numpy().tolist() == (
        POINTS[:, :k].tolist()
    )
    assert list(chart.table["token"]) == LABELS
    whole = {2: "75 %", 3: "85 %"}[k]
    assert chart.alt == (
        f"Map: 3 tokens of 2 kinds in {k} dimensions, which keep {whole} of the variance; a is "
        "framed, nearest to it in all dimensions e."
    )


def test_axes_say_their_share_until_they_are_turned() -> None:
    chart = token_map(POINTS[:, :2], LABELS, KINDS, SHARES, title="Map")
    assert chart.figure.layout.xaxis.title.text == "axis 1 (50 % of the variance)"
    turned = token_map(POINTS[:, :2], LABELS, KINDS, SHARES, title="Map", turned=True)
    assert turned.figure.layout.xaxis.title.text == "axis 1"


def test_of_many_only_those_asked_for_are_named() -> None:
    N = NAMED + 1
    points, labels = np.random.default_rng(0).normal(size=(N, 2)), [f"t{i}" for i in range(N)]
    points = np.hstack([points, points[:, :1]])
    for k in (2, 3):
        chart = token_map(
            points[:, :k], labels, ["x"] * N, SHARES, title="Map", chosen=3, near=[5], dark=True
        )
        assert not any(chart.figure.data[0].text)
        layout = chart.figure.layout
        named = layout.annotations if k == 2 else layout.scene.annotations
        assert [(one.text, one.x) for one in named] == [("t3", points[3, 0]), ("t5", points[5, 0])]


def test_how_often_is_a_colour() -> None:
    chart = token_map(POINTS[:, :2], LABELS, KINDS, SHARES, title="Map", times=[0, 9, 99])
    (one,) = chart.figure.data
    assert list(one.marker.color) == [0.0, 1.0, 2.0]
    assert list(one.marker.colorbar.ticktext) == ["0", "1", "10"]
    assert list(chart.table["times"]) == [0, 9, 99]


def test_nothing_to_draw() -> None:
    chart = token_map(np.zeros((0, 2)), [], [], [0.0, 0.0], title="Map")
    assert chart.alt == "Map, still empty: there is no token."


def test_signs_are_those_that_space_has_too() -> None:
    import plotly.graph_objects as go

    for symbol in SYMBOLS:
        go.Scatter3d(marker={"symbol": symbol})
        go.Scatter(marker={"symbol": symbol})
