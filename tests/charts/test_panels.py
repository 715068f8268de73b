"""Pictures beside each other: pixels as they are, masks in fixed colours, things numbered."""

import numpy as np
import pandas as pd

from lm_core.charts.panels import EMPTY, Panel, color_of, coloured, laid_over, panels
from lm_core.charts.theme import BLUE, VERMILLION

TABLE = pd.DataFrame({"class": ["nothing", "disc"], "pixels": [3, 1]})


def hexed(pixel: np.ndarray) -> str:
    return "#" + "".join(f"{channel:02X}" for channel in pixel)


def test_every_class_has_its_colour_and_they_come_again() -> None:
    shown = coloured(np.array([[0, 1], [2, 7]]))
    assert shown.dtype == np.uint8
    assert [hexed(one) for row in shown for one in row] == [EMPTY, BLUE, VERMILLION, BLUE]
    assert color_of(7) == color_of(1)


def test_a_mask_over_a_picture_leaves_the_rest_as_it_is() -> None:
    over = laid_over(np.array([[0.2, 0.2]]), np.array([[0, 1]]))
    assert over[0, 0].tolist() == [51, 51, 51]
    assert hexed(over[0, 1]) != "#333333"


def test_grey_is_drawn_and_words_of_others_are_no_markup() -> None:
    pixels = np.array([[0.0, 1.0], [0.5, 2.0]])
    part = Panel("<b>h</b>", pixels, marks=[(0, 0, "<i>1</i>")], boxes=[(0, 0, 1, 2)])
    chart = panels([part], title="t", alt="A picture.", table=TABLE, legend=["nothing", "disc"])
    image, *legend = chart.figure.data
    assert np.asarray(image.z)[..., 0].tolist() == [[0, 255], [128, 255]]
    assert [one.name for one in legend] == ["nothing", "disc"]
    assert "<b>" not in chart.figure.to_json()
    assert "<i>1" not in chart.figure.to_json()
    box = chart.figure.layout.shapes[0]
    assert (box.x0, box.y0, box.x1, box.y1) == (-0.5, -0.5, 0.5, 1.5)
    assert (chart.alt, chart.table is TABLE) == ("A picture.", True)


def test_four_stand_two_by_two_and_none_is_no_fault() -> None:
    part = Panel("p", np.zeros((2, 2)))
    four = panels([part] * 4, title="t", alt="a", table=TABLE).figure
    three = panels([part] * 3, title="t", alt="a", table=TABLE).figure
    assert four.layout.height > three.layout.height
    assert {"xaxis4", "yaxis4"} <= set(four.layout.to_plotly_json())
    assert panels([], title="t", alt="a", table=TABLE).figure.data == ()
