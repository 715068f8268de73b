"""Words that are made to be misread, as a browser shows them: exactly they, and nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lm_core.visible import readable
from tests.browser.foreign_app import LINES, RIGHT_TO_LEFT, drawn, kinds_of
from tests.marks import most_slow
from tests.pages.foreign import MARKS, TEXTS, TITLE
from tests.waiting import PATIENCE, until
from tools.lab_server import LabServer

APP = Path(__file__).with_name("foreign_app.py")
PLAIN_TAGS = {"P", "SPAN", "STRONG"}  # the last where we asked for it
# What an element shows in each of its pieces of Markdown: text, and the tags in it.
PIECES = """area => [...area.querySelectorAll('[data-testid=stMarkdownContainer], \
[data-testid=stCaptionContainer]')].map(piece => [piece.textContent,
    [...piece.querySelectorAll('*')].map(one => one.tagName)])"""


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    quiet = {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false"}  # the lab's own settings are not read
    with LabServer(
        tmp_path_factory.mktemp("foreign"), app=APP, environment=quiet, seconds=PATIENCE
    ) as server:
        yield server


def line(text: str) -> str:
    """As `plain` shows it; marks of direction around it are not seen."""
    return re.sub(r"[\t-\r \x85\u2028\u2029]+", " ", readable(text)).strip()


def pieces(page: Page, key: str) -> list[tuple[str, set[str]]]:
    found = page.locator(f".st-key-{key}").evaluate(PIECES)
    return [(MARKS.sub("", text), set(tags)) for text, tags in found]


def texts(shown: Page, *, whole: bool) -> None:
    wrong = []
    for place, text in enumerate(TEXTS):
        read, said = pieces(shown, f"read-{place}"), line(text)
        assert len(read) >= len(kinds_of(place, whole=whole))
        wrong += [(text, *piece) for piece in read if piece[0] != said or piece[1] - PLAIN_TAGS]
        [(bold, tags)] = pieces(shown, f"bold-{place}")
        if bold != f"It says “{said}” and {said}." or tags - PLAIN_TAGS:
            wrong.append((text, bold, tags))
        for how in ("html", "text"):
            area = shown.locator(f".st-key-{how}-{place}")
            said = MARKS.sub("", area.evaluate("area => area.textContent"))
            if said.strip() != readable(text).strip():
                wrong.append((text, how, set()))
    assert wrong == []


def signs_thrown_together(shown: Page, *, whole: bool) -> None:
    thrown = enumerate(drawn(whole=whole))
    said = {text: pieces(shown, f"drawn-{place}") for place, text in thrown}
    assert {
        t: p for t, p in said.items() if p[0][0] != f"({line(t)})" or p[0][1] - {"P", "SPAN"}
    } == {}


def help_and_options(shown: Page) -> None:
    shown.locator(".st-key-help").get_by_test_id("stTooltipIcon").hover()
    tip = shown.get_by_test_id("stTooltipContent")
    expect(tip).to_have_text(line(TITLE))
    assert tip.locator("a, img, em, code, .katex").count() == 0
    shown.locator(".st-key-options").get_by_role("combobox").click()
    options = shown.get_by_role("option")
    expect(options.first).to_be_visible()
    assert options.all_text_contents() == TEXTS[: options.count()]


# Of each line that ends in English: where its pieces stand, in the order they were written in.
PIECE = r"[\u0590-\u06ff !]*[\u0590-\u06ff]|12|34|ends"
ORDER = """(area, pattern) => [...area.querySelectorAll('p, [data-testid=stHtml], button')].filter(
    one => one.textContent.trim().endsWith('ends') && !one.querySelector('p')).map(line => {
  const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT), found = [];
  while (texts.nextNode())
    for (const piece of texts.currentNode.data.matchAll(new RegExp(pattern, 'g'))) {
      const range = document.createRange();
      range.setStart(texts.currentNode, piece.index);
      range.setEnd(texts.currentNode, piece.index + piece[0].length);
      found.push(range.getBoundingClientRect().left);
    }
  return [line.textContent, found];
})"""


def right_to_left(shown: Page) -> None:
    """What is written from right to left keeps its order, and what stands around it keeps its own:
    a figure behind it is not drawn to its other side."""
    lines = shown.locator(".st-key-right-to-left").evaluate(ORDER, PIECE)
    assert len(lines) == 6 * len(RIGHT_TO_LEFT)
    assert [line for line, places in lines if places != sorted(places) or len(places) < 3] == []


# Of each text of a picture that ends in English: its pieces from left to right.
DRAWN = """(area, pattern) => [...area.querySelectorAll('svg text')].filter(
    one => one.textContent.endsWith('ends')).map(text => [text.textContent,
  [...text.textContent.matchAll(new RegExp(pattern, 'g'))].map(piece => {
    const places = [...piece[0]].map((_, n) => text.getExtentOfChar(piece.index + n));
    return Math.min(...places.filter(one => one.width).map(one => one.x));
  })])"""
# All words that were written on a canvas.
WRITTEN = """window.written = new Set();
const write = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...where) {
  window.written.add(text);
  return write.call(this, text, ...where);
}"""
# How far the picture of a marked line is from that of its pieces, and that of one without marks.
ON_CANVAS = """([words, rest]) => {
  const picture = (draw) => {
    const context = Object.assign(document.createElement('canvas'), {width: 400, height: 60})
      .getContext('2d');
    context.font = '30px sans-serif';
    draw(context);
    return context.getImageData(0, 0, 400, 60).data;
  };
  const pieces = picture((context) => {
    context.fillText(words, 10, 40);
    context.fillText(rest, 10 + context.measureText(words).width, 40);
  });
  return [`\u2068${words}\u2069${rest}`, words + rest].map((line) => {
    const data = picture((context) => context.fillText(line, 10, 40));
    return data.reduce((sum, one, n) => sum + Math.abs(one - pieces[n]), 0);
  });
}"""


def drawn_right_to_left(shown: Page) -> None:
    area = shown.locator(".st-key-drawn-right-to-left")
    for kind in ("rtl-plotly", "rtl-vega"):
        lines = area.locator(f".st-key-{kind}").evaluate(DRAWN, PIECE)
        assert len(lines) >= len(LINES), kind
        assert [line for line, places in lines if places != sorted(places)] == [], kind
    for kind, begins in (("rtl-table", ""), ("rtl-stack", "Title of ")):
        area.locator(f".st-key-{kind} canvas").first.scroll_into_view_if_needed()
        until(lambda said=f"{begins}\u2068{RIGHT_TO_LEFT[0]}\u2069 12": written(shown, said))
    unmarked = [re.sub("\u2068[^\u2069]*(\u2069|…|$)", "", text) for text in written(shown)]
    assert not re.search("[\u0590-\u06ff]", "".join(unmarked))
    marked, bare = shown.evaluate(ON_CANVAS, [RIGHT_TO_LEFT[0], " 12 ends"])
    assert 10 * marked < bare
    tokens = area.locator("[role=group] [role=button]")
    first, second = (tokens.nth(n).bounding_box()["x"] for n in (0, 1))
    assert first > second  # the text is read from the right
    tokens.nth(1).focus()
    shown.keyboard.press("ArrowLeft")
    expect(tokens.nth(2)).to_be_focused()


def written(shown: Page, begins: str = "") -> list[str]:
    """Of what was written on a canvas what begins so, a mark of the line's side aside."""
    every = shown.evaluate("[...window.written]")
    return [text for text in every if text.lstrip("\u200e").startswith(begins)]


@pytest.mark.parametrize("whole", most_slow([False, True], quick=[False]))
def test_words_of_others_are_shown_as_they_are(foreign: LabServer, page: Page, whole: bool) -> None:
    """One page of them, as drawing it takes long."""
    page.add_init_script(WRITTEN)
    page.goto(foreign.url + "/?whole=true" * whole)
    expect(page.get_by_text("The end of the page")).to_be_visible()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    texts(page, whole=whole)
    signs_thrown_together(page, whole=whole)
    right_to_left(page)
    drawn_right_to_left(page)
    help_and_options(page)
