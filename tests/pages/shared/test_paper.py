"""What is printed and what is taken away is in the language of who asked; what a model wrote, an
address and what programs read are not."""

import re

import pandas as pd

from lm_core.lessons.notes import notes
from lm_core.lessons.ready import lesson
from lm_core.lessons.report import page
from lm_core.lessons.worksheet import worksheet
from pages._ui.shared.catalogue import Catalogue, sentences_in
from pages._ui.shared.language import FOLDER
from pages._ui.shared.paper import printed, taken
from tests.lessons.test_report import FOREIGN, report
from tests.pages.test_language import english

GERMAN = Catalogue(sentences_in(FOLDER / "de"), "de")
ADDRESS = "http://lab/train?lesson=the-and-of-1.5"


def lines(html: str) -> list[str]:
    bare = re.sub(r'<style>.*?</style>|<p class="address">.*?</p>', "", html, flags=re.DOTALL)
    return [one for one in re.split(r"<[^>]*>|\n", bare) if one.strip()]


def test_a_worksheet_and_the_notes_of_every_step() -> None:
    found = lesson("letter-pairs")
    for step in found.steps:
        html = printed(worksheet(step.link, title=found.title, address=ADDRESS), GERMAN)
        assert '<html lang="de">' in html
        assert ADDRESS in html
        assert english(lines(html)) == []
    links = dict.fromkeys(range(1, 7), ADDRESS)
    html = printed(notes(found, {1: "3.296"}, links), GERMAN)
    assert english(lines(html)) == []
    assert "Für die Lehrkraft." in html
    assert "3,296" in html
    assert printed("<html>as it is", None) == "<html>as it is"


def test_a_report_keeps_what_was_written() -> None:
    html = printed(page(report(wrote=[(100, f"the loss of 0.25 {FOREIGN}")])), GERMAN)
    assert "Die Zahlen" in html
    for name, first, last in (("Training", "3,3", "2"), ("Validierung", "3,2", "2,25")):
        went = f"Verlust ({name}) ging von {first} bei Schritt 1 auf {last} bei Schritt 100."
        assert html.count(went) == 3  # drawn, below it, and aloud
    assert "the loss of 0.25 &lt;script&gt;" in html
    assert "<script>" not in html


def test_a_table_has_its_headings_and_keeps_its_numbers_and_what_others_wrote() -> None:
    table = pd.DataFrame({"loss": [0.25], "token": ["the"]})
    assert taken(table, None) is table
    german = taken(table, GERMAN)
    assert list(german.columns) == ["Verlust", "Token"]
    assert german.iloc[0].to_list() == [0.25, "the"]
    assert list(table.columns) == ["loss", "token"]
