"""The screens in German: nothing is left in English but names, texts and code, and what the page
remembers is the same in every language."""

import json
import re
from pathlib import Path

import pytest
from streamlit.proto.Markdown_pb2 import Markdown
from streamlit.testing.v1 import AppTest

from lm_core.figures import MONTHS
from pages._ui.shared import catalogue, language
from pages._ui.shared.catalogue import WORD
from pages._ui.shared.drawn import HOVERS
from pages._ui.shared.messages import WORDS
from tests.marks import most_slow
from tests.pages.conftest import APP
from tests.pages.shared.test_address import views
from tests.waiting import PATIENCE

SCREENS = sorted(path.stem for path in Path("pages").glob("*.py"))
# Words that a German sentence does not have, and an English one can hardly do without.
ENGLISH = re.compile(
    r"\b(the|and|of|that|this|it|its|with|from|are|which|what|they|but|each|how|your|has|for)\b",
    re.IGNORECASE,
)
FOREIGN = re.compile(r"·\w+|<[^>]*>|`[^`]*`|“[^”]*”|„[^“]*“|\$[^$]*\$|\*\*[^*]*\*\*")
# Texts that somebody else wrote, in the language they wrote it in.
QUOTED = (
    "My fellow",
    "The state of",
    "We the",
    "the cat",
    "hii there",
    "Licence",
    "ninety-four and",
)
SAME = {
    one for one, there in catalogue.sentences_in(language.FOLDER / "de").items() if one == there
}
GERMAN_TOO = {"April", "August", "September", "November"}


def opened(screen: str, **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, value in {"language": "Deutsch", **address}.items():
        app.query_params[name] = value
    if screen != "home":
        app.switch_page(f"pages/{screen}.py")
    return app.run()


def quotes(proto: object) -> bool:
    """Whether it shows a formula, or what somebody else wrote."""
    formula = getattr(proto, "element_type", None) == Markdown.LATEX
    return formula or type(proto).__name__ in ("Code", "Html", "Text")


def said(app: AppTest) -> list[str]:
    """Every sentence of the page: of any message of it, by the fields that hold words."""
    found: list[str] = []

    def read(message: object) -> None:
        for field, value in message.ListFields():
            if field.type == field.TYPE_MESSAGE:
                for one in [value] if hasattr(value, "ListFields") else list(value):
                    if hasattr(one, "ListFields"):
                        read(one)
            elif field.name in WORDS and isinstance(value, str):
                found.append(value)
            elif field.name == "spec" and value:
                found.extend(drawn(json.loads(value)))

    def walk(block: object) -> None:
        for child in block.children.values():
            if hasattr(child, "children"):
                if child.proto is not None:
                    read(child.proto)
                walk(child)
            elif hasattr(proto := child.proto, "ListFields") and not quotes(proto):
                read(proto)

    walk(app._tree)
    return found


def drawn(spec: object, key: str = "") -> list[str]:
    """What a picture says beside its data: titles, and what is said on hovering."""
    match spec:
        case str():
            return [spec] if key in (*HOVERS, "title", "hovertemplate", "description") else []
        case list():
            return [one for inner in spec for one in drawn(inner, key)]
        case dict():
            title = key if key == "title" else ""
            return [one for k, inner in spec.items() for one in drawn(inner, title or k)]
    return []


def english(sentences: list[str]) -> list[str]:
    """Those that are still English."""
    left = []
    for one in sentences:
        bare = FOREIGN.sub(" ", one)
        for line in re.split(r"(?<=[.!?])\s+|\n", bare):
            theirs = line.strip() in SAME or any(q in one for q in QUOTED)
            if len(ENGLISH.findall(line)) >= 2 and not theirs:
                left.append(line)
    return left


@pytest.mark.parametrize("screen", most_slow(SCREENS, quick=("home", "train", "metrics")))
def test_nothing_of_ours_is_left_in_english(screen: str) -> None:
    app = opened(screen)
    assert not app.exception
    assert english(said(app)) == []


@pytest.mark.slow
@pytest.mark.parametrize("screen", SCREENS)
def test_so_it_is_in_every_view(screen: str) -> None:
    left = {}
    for name, value in views(opened(screen)):
        app = opened(screen, **{name: value})
        assert not app.exception
        if found := english(said(app)):
            left[value] = found
    assert left == {}


def test_what_is_remembered_is_the_same_in_every_language() -> None:
    """Options go to the browser as they are in English and come back so; `everywhere.js` shows
    them in the language."""
    app = opened("metrics")
    assert app.title[0].value == "Metriken"
    part = app.segmented_control(key="metrics-part")
    assert part.options[1] == "Classification"
    app = part.set_value(part.options[1]).run()
    assert app.session_state["metrics-part"] == "Classification"


def test_what_is_drawn_in_the_browser_has_its_words_in_the_language() -> None:
    """The pictures of heads and of gates come as bytes, which no message is put into a language
    in."""
    for screen, title, says in (
        ("attention", "Alle Köpfe", "{row} schaut auf {column}: {value}"),
        ("memory", "Alle Tore und Zustände", "Einheit {row} nach {column}: {value}"),
    ):
        app = opened(screen)
        held, *views = [element.proto for element in app.get("bidi_component")]
        length = int.from_bytes(held.bytes[:4], "little")
        header = json.loads(held.bytes[4 : 4 + length])
        assert (header["title"], header["sentence"], header["point"]) == (title, says, ",")
        drawn = [header[side][0] for side in ("down", "along", "rows", "columns")]
        assert english([*header["titles"], *header["says"], *drawn]) == []
        for view in views:
            sent = json.loads(view.json)
            assert sent["id"] == header["id"]
            assert sent["save"] == "Als PNG speichern"


@pytest.mark.parametrize(
    ("said", "german"),
    [
        ("Started today, 14:05.", "Gestartet heute, 14:05."),
        ("Started yesterday, 9:12 (with the settings of run 1).", None),
        ("28 February, 23:05", "28. Februar, 23:05"),
        ("22 December 2025, 1:05", "22. Dezember 2025, 1:05"),
        *((f"3 {month}, 9:00", None) for month in MONTHS),
        ("4 July 1776", "4 July 1776"),  # what a translator reads and writes stays
    ],
)
def test_a_moment_is_said_as_in_the_language(said: str, german: str | None) -> None:
    found = language._catalogue("de").say(said)
    assert german in (None, found)
    if german is None:
        words = set(WORD.findall(said)) - GERMAN_TOO
        assert not words & set(WORD.findall(found))


def test_what_a_model_wrote_is_not_put_into_the_language() -> None:
    known = language._catalogue("de")
    for text in (
        "Union, and the friendly spirit of the country, will app",
        "the state of the Union",
    ):
        assert known.say(text, catalogue.FOREIGN) == text
    said = "1.96 nats per character (perplexity 7.10) on validation, 1.96 (7.10) on test"
    german = "1,96 Nats je Zeichen (Perplexität 7,10) bei der Validierung, 1,96 (7,10) beim Test"
    assert known.say(said) == german
    assert known.say("Mixture 1.96, N-gram 1.98") == "Mischung 1,96, N-Gramm 1,98"
