"""Excited tokens are shaded by their share, the place is underlined, and nothing is markup."""

import re

from lm_core.charts.activation_text import MOST, Piece, activation_texts


def test_shades_are_shares_of_the_largest() -> None:
    html = activation_texts([Piece(["a", "b", "c"], [0.0, 4.0, 2.0], 1), Piece(["d"], [1.0], 0)])
    shades = [float(x) for x in re.findall(r"rgba\(0,114,178,([\d.]+)\)", html)]
    assert shades == [MOST, MOST / 2, round(MOST / 4, 3)]
    assert html.count("border-bottom") == 2
    assert html.count("<span title=") == 4
    assert ">4</span>" in html


def test_text_is_text() -> None:
    html = activation_texts([Piece(["<img src=x>", "\n", "&"], [1.0, float("nan"), -1.0], 0)])
    assert "<img" not in html
    assert "&lt;img src=x&gt;" in html
    assert "⏎" in html


def test_nothing() -> None:
    assert activation_texts([]) == '<div style="line-height:2"></div>'
