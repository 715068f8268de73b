"""The screens in German: nothing is left in English but names, texts and code, and what the page
remembers is the same in every language."""

import json
import re
from pathlib import Path

import pytest
from streamlit.proto.Markdown_pb2 import Markdown
from streamlit.testing.v1 import AppTest

from pages._ui.shared.messages import WORDS
from tests.marks import most_slow
from tests.pages.conftest import APP
from tests.waiting import PATIENCE

SCREENS = sorted(path.stem for path in Path("pages").glob("*.py"))
# Words that a German sentence does not have, and an English one can hardly do without.
ENGLISH = re.compile(
    r"\b(the|and|of|that|this|it|its|with|from|are|which|what|they|but|each|how|your|has|for)\b",
    re.IGNORECASE,
)
FOREIGN = re.compile(r"·\w+|<[^>]*>|`[^`]*`|“[^”]*”|„[^“]*“|\$[^$]*\$|\*\*[^*]*\*\*")
# Texts that somebody else wrote, in the language they wrote it in.
QUOTED = ("My fellow", "The state of", "We the", "the cat", "hii there", "Licence")


def opened(screen: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["language"] = "Deutsch"
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


def english(sentences: list[str]) -> list[str]:
    """Those that are still English."""
    left = []
    for one in sentences:
        bare = FOREIGN.sub(" ", one)
        for line in re.split(r"(?<=[.!?])\s+|\n", bare):
            if len(ENGLISH.findall(line)) >= 2 and not any(q in one for q in QUOTED):
                left.append(line)
    return left


@pytest.mark.parametrize("screen", most_slow(SCREENS, quick=("home", "train", "metrics")))
def test_nothing_of_ours_is_left_in_english(screen: str) -> None:
    app = opened(screen)
    assert not app.exception
    assert english(said(app)) == []


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
