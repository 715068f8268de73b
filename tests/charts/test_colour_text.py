import math
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lm_core.charts import theme
from lm_core.charts.colour_text import STEPS, token_legend, token_spans


class Reader(HTMLParser):
    """Tags, titles and text of a piece of HTML."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.titles, self.text = [], [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.titles += [value for name, value in attrs if name == "title"]
        rest = {name: value for name, value in attrs if name not in ("style", "title")}
        assert rest in ({}, {"class": "ours"})  # of a number, which the language may turn

    def handle_data(self, data):
        self.text += data


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=8), st.none() | st.floats()), max_size=8), st.booleans())
def test_whatever_the_tokens_hold_stays_text(pairs, numbers):
    page = Reader(token_spans([t for t, _ in pairs], [p for _, p in pairs], numbers=numbers))
    assert set(page.tags) <= {"div", "span", "br"}
    assert page.tags.count("div") == 1


def test_markup_in_a_token_is_escaped():
    text = token_spans(['<img src=x onerror="y">', "'&"], [0.5, None])
    assert "<img" not in text
    assert Reader(text).text == '<img src=x onerror="y">\'&'


def test_the_probability_is_the_title():
    assert Reader(token_spans(["a", "b"], [0.214, 0.003])).titles == [
        "probability 21 %",
        "probability 0.3 %",
    ]


def test_numbers_stand_beside_the_tokens():
    assert Reader(token_spans(list("jag"), [None, 0.21, 0.04], numbers=True)).text == "ja .21g .04"


@pytest.mark.parametrize("p", [None, math.nan, math.inf])
def test_a_token_without_probability_is_plain(p):
    text = token_spans(["j"], [p], numbers=True)
    assert Reader(text).titles == []
    assert "background" not in text


def test_running_text_keeps_its_spaces_and_breaks_its_lines():
    text = token_spans([" we", "\n"], [0.5, 0.5])
    assert Reader(text).text == " we⏎"
    assert "br" in Reader(text).tags


def test_a_surprise_has_a_cue_that_is_not_colour():
    assert "dotted" in token_spans(["a"], [0.03])
    assert "2px solid #D55E00" in token_spans(["a"], [0.001])
    assert "transparent" in token_spans(["a"], [0.9])


def test_one_probability_a_token():
    with pytest.raises(ValueError, match="shorter"):
        token_spans(["a", "b"], [0.5])


def test_no_tokens_is_an_empty_line():
    assert Reader(token_spans([], [])).text == ""


@pytest.mark.parametrize(("page", "ink"), [("#FFFFFF", "#1B2733"), ("#0E141A", "#E6EDF3")])
def test_text_stays_legible_on_every_colour_on_either_page(page, ink):
    for _, fill, _ in STEPS:
        *over, alpha = map(float, re.findall(r"[\d.]+", fill))
        under = [int(page[i : i + 2], 16) for i in (1, 3, 5)]
        mixed = [round(a * alpha + b * (1 - alpha)) for a, b in zip(over, under, strict=True)]
        assert theme.contrast("#" + "".join(f"{c:02X}" for c in mixed), ink) >= 4.5


def test_the_legend_names_every_look_in_order():
    page = Reader(token_legend())
    assert page.text == ("probability it gave: from 50 % from 20 % from 5 % from 1 % under 1 %")
    assert page.tags.count("span") == len(STEPS)
    assert [token_legend().index(fill) for _, fill, _ in reversed(STEPS)] == sorted(
        token_legend().index(fill) for _, fill, _ in STEPS
    )
