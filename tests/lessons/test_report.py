"""A run on one page: what it holds, that it is text, and that its picture shows the points."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from lm_core.lessons.report import HEIGHT, LEFT, RIGHT, TOP, WIDTH, Report, curve, page

FOREIGN = "<script>alert(1)</script>"
TRAIN, HELD_OUT = [(1, 3.3), (50, 2.4), (100, 2.0)], [(1, 3.2), (100, 2.25)]


def report(**other: object) -> Report:
    said = {
        "title": f"My run {FOREIGN}",
        "about": ["LSTM, started today.", f"Note: {FOREIGN}"],
        "asked": [("Asked:", f"How low? {FOREIGN}"), ("I expected:", "2.1"), ("Why:", FOREIGN)],
        "figures": [("Validation loss", "2.25 nats per character"), ("Seed", "0")],
        "command": "python -m lm_core train --corpus names",
        "unit": "nats per character",
        "train": TRAIN,
        "validation": HELD_OUT,
        "wrote": [(100, f"anna\n{FOREIGN}")],
    }
    return Report(**said | other)


class Tags(HTMLParser):
    """Every tag, and that each closes what it opened."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.seen.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.seen.append(tag)


def test_all_of_it_stands_there_as_text() -> None:
    html = page(report())
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    assert "script" not in tags.seen
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 6  # with the page's own title
    for said in ("Name: ____", "I expected:", "2.25 nats per character", "After step 100", "A4"):
        assert said in html
    assert "The question" not in page(report(asked=[]))
    assert "Trained anew" not in page(report(command=""))
    assert "nothing" in curve([], [], "nats") or "before there was anything" in curve([], [], "n")


def test_the_picture_shows_the_points() -> None:
    drawn = curve(TRAIN, HELD_OUT, "nats per character")
    svg = ElementTree.fromstring(re.search("<svg.*</svg>", drawn)[0])
    lines = [
        [tuple(map(float, p.split(","))) for p in line.get("points").split()]
        for line in svg.findall("polyline")
    ]
    assert [len(line) for line in lines] == [3, 2]
    (x, y), *_, (last, lowest) = lines[0]
    assert last == WIDTH - RIGHT
    assert y == TOP  # the highest loss is at the top
    assert y < lines[0][1][1] < lowest
    assert x > LEFT
    said = "Training loss went from 3.3 at step 1 to 2 at step 100. Validation loss went"
    assert svg.get("aria-label").startswith(said)
    assert "In nats per character" in svg.get("aria-label")


losses = st.floats(allow_nan=True, allow_infinity=True) | st.floats(0, 12)


@given(st.lists(st.tuples(st.integers(0, 10**7), losses), max_size=12), st.text(max_size=30))
def test_any_loss_is_drawn_within_the_picture(points: list[tuple[int, float]], unit: str) -> None:
    points.sort()
    drawn = curve(points, points[:1], unit)
    if not drawn.startswith("<figure>"):
        return
    svg = ElementTree.fromstring(re.search("<svg.*</svg>", drawn, re.DOTALL)[0])
    for line in svg.findall("polyline"):
        for point in line.get("points").split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT
