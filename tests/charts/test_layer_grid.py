"""The grid of layers holds its values and words, and a cell says which it is."""

import numpy as np

from lm_core.charts.layer_grid import WORDS, called, layer_grid

VALUES = np.array([[0.1, 0.2, 0.3], [0.5, 0.75, 1.0]])
CELLS = [["a", "\n", "c"], ["d", "<e>", "f"]]


def test_tokens_go_down_and_layers_along() -> None:
    chart = layer_grid(
        VALUES, ["x", "y", "x"], title="Guess", unit="probability", cells=CELLS, selected=(1, 2)
    )
    heat, points = chart.figure.data
    np.testing.assert_allclose(heat.z, VALUES.T, atol=1e-6)
    assert list(chart.figure.layout.xaxis.ticktext) == ["emb.", "1"]
    assert list(chart.figure.layout.yaxis.ticktext) == ["x₁", "y", "x₂"]
    assert [list(one) for one in points.customdata] == [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
        [0, 2],
        [1, 2],
    ]
    assert list(points.text) == ["a", "d", "⏎", "&lt;e&gt;", "c", "f"]
    assert len(points.textfont.color) == 6
    assert points.hovertext[2] == "after the embedding, having read y: ⏎ (probability 0.20)"
    assert list(chart.table["best guess"]) == ["a", "⏎", "c", "d", "<e>", "f"]
    assert list(chart.table["probability"]) == VALUES.flatten().tolist()
    assert list(chart.table["layer"]) == [0, 0, 0, 1, 1, 1]
    assert chart.alt == (
        "Guess over 3 tokens: probability, on average 0.20 at the embedding and 0.75 after layer "
        "1; having read x₂, the last layer's best guess is f."
    )


def test_without_words_the_numbers_stand_in_the_cells() -> None:
    chart = layer_grid(VALUES, ["x", "y", "z"], title="Length", unit="norm", places=1, dark=True)
    points = chart.figure.data[1]
    assert list(points.text) == ["0.1", "0.5", "0.2", "0.8", "0.3", "1.0"]
    assert "best guess" not in chart.table
    assert points.hovertext[0] == "after the embedding, having read x: norm 0.1"


def test_many_layers_and_none() -> None:
    many = layer_grid(np.zeros((WORDS + 1, 2)), ["a", "b"], title="Guess", unit="norm")
    assert many.figure.data[1].mode == "markers"
    empty = layer_grid(np.zeros((3, 0)), [], title="Guess", unit="norm")
    assert empty.alt == "Guess, still empty: there is no text to look at."
    assert [called(0), called(2)] == ["the embedding", "layer 2"]
