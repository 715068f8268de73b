"""Pairs and labelled texts of one's own: given, taken for what they are, found again where they can
be used, and refused in a sentence with nothing lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lm_core.corpora.own import load_own
from lm_core.runs.manager import RunManager
from lm_core.runs.prepare import load_text
from lm_core.runs.spec import CorpusSpec
from lm_core.runs.store import RunStore
from pages._ui.shared import session
from tests.corpora.test_own_kind import CLASSES, LIST, PAIRS, PROSE, VALUES
from tests.runs.test_manager import Bench
from tests.waiting import PATIENCE

GIVEN = {"text": PROSE, "items": LIST, "pairs": PAIRS, "classes": CLASSES, "values": VALUES}
WORDS = st.text(st.sampled_from("ab,;\t|\"\n'= 1.5éЖ$*<") | st.characters(), max_size=300)


def page() -> None:
    import streamlit as st

    from pages._ui.shared import session
    from pages._ui.shared.corpus_choice import load_choice, pick_corpus

    kinds = st.query_params.get("kinds")
    with session.mending():
        choice = pick_corpus(key="p", kinds=tuple(kinds.split()) if kinds else None)
        st.session_state["choice"] = choice
        if choice.ready:
            st.session_state["corpus"] = load_choice(choice)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    manager = RunManager(RunStore(), Bench(RunStore()))
    monkeypatch.setattr(session, "manager", lambda: manager)
    looks(monkeypatch, "ada")
    yield tmp_path
    manager.close()


def looks(monkeypatch: pytest.MonkeyPatch, visitor: str) -> None:
    monkeypatch.setattr(session, "visitor", lambda: visitor)


def opened(text: str = "own", kinds: str = "") -> AppTest:
    app = AppTest.from_function(page, default_timeout=PATIENCE)
    app.query_params["text"] = text
    if kinds:
        app.query_params["kinds"] = kinds
    return sound(app.run())


def sound(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def paste(app: AppTest, text: str) -> AppTest:
    return sound(app.text_area(key="p-own-text").set_value(text).run())


def columns(app: AppTest, left: str, right: str) -> AppTest:
    sound(app.segmented_control(key="p-own-how").set_value("Paste two columns").run())
    app.text_area(key="p-own-left").set_value(left)
    return sound(app.text_area(key="p-own-right").set_value(right).run())


def upload(app: AppTest, name: str, text: str) -> AppTest:
    sound(app.segmented_control(key="p-own-how").set_value("Upload a file").run())
    file = (name, text.encode(), "text/plain")
    return sound(app.file_uploader(key="p-own-file").set_value(file).run())


def take(app: AppTest, kind: str) -> AppTest:
    return sound(app.selectbox(key="p-own-kind").set_value(kind).run())


def use(app: AppTest) -> AppTest:
    return sound(app.button(key="p-own-use").click().run())


def said(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def error(app: AppTest) -> str:
    assert len(app.error) == 1
    return app.error[0].value


@pytest.mark.parametrize("kind", GIVEN)
def test_what_is_given_is_taken_for_what_it_looks_like(kind: str) -> None:
    app = paste(opened(), GIVEN[kind])
    assert not app.error
    assert app.selectbox(key="p-own-kind").value == kind
    choice = use(app).session_state["choice"]
    assert (choice.kind, choice.items, choice.ready) == (kind, kind == "items", True)
    assert app.session_state["corpus"].splits == load_own(choice.text).splits
    assert choice.spec().holds == kind
    assert load_text(choice.spec()).info.kind == kind
    again = opened(f"own-{choice.text}")
    assert again.session_state["choice"] == choice


@pytest.mark.parametrize(
    ("name", "text", "kind", "shown"),
    [
        ("mine.tsv", PAIRS, "pairs", "40 pairs, Source and Target"),
        ("mine.txt", PAIRS, "pairs", "40 pairs"),
        ("mine.csv", "English,French\n" + PAIRS.replace("\t", ","), "pairs", "English and French"),
        ("mine.csv", CLASSES, "classes", "40 texts of 2 classes"),
        ("mine.tsv", CLASSES.replace(",", "\t"), "classes", "40 texts of 2 classes"),
        ("mine.csv", VALUES, "values", "40 texts with a number"),
        ("mine.tsv", "id\ttown\n" + PAIRS.replace("word ", ""), "pairs", "41 pairs"),
        ("mine.csv", LIST, "items", "40 different items"),
    ],
)
def test_files_are_looked_into(name: str, text: str, kind: str, shown: str) -> None:
    app = upload(opened(), name, text)
    assert not app.error
    assert app.selectbox(key="p-own-kind").value == kind
    assert shown in said(app)
    assert use(app).session_state["choice"].kind == kind


def test_the_visitor_decides_and_may_come_back() -> None:
    app = upload(opened(), "mine.csv", VALUES.replace("text,label", "text,label"))
    take(app, "classes")
    assert "40 texts of 8 classes" in said(app)
    take(app, "items")  # of a column
    assert "the column “text” was read" in said(app)
    assert "40 different items" in said(app)
    app.run()
    assert app.selectbox(key="p-own-kind").value == "items"
    take(app, "pairs")
    assert "Nearly all of these pairs share a side" in error(app)
    take(app, "values")
    sound(app.text_input(key="p-own-unit").set_value(" stars  of five ").run())
    choice = use(app).session_state["choice"]
    assert (choice.kind, app.session_state["corpus"].unit) == ("values", "stars of five")


def test_a_table_of_numbers_alone_may_still_be_pairs() -> None:
    numbers = "\n".join(f"{i},{i * i}" for i in range(40))
    app = upload(opened(), "squares.csv", numbers)
    assert "No column of this CSV holds words" in error(app)
    take(app, "pairs")
    assert not app.error
    assert "40 pairs" in said(app)
    assert use(app).session_state["choice"].kind == "pairs"


def test_two_columns_are_pasted_and_their_sides_named() -> None:
    left, right = ("\n".join(line.split("\t")[k] for line in PAIRS.split("\n")) for k in range(2))
    app = columns(opened(), left, right)
    assert "40 pairs, Source and Target" in said(app)
    assert app.text[0].value.startswith("For example: word ")
    app.text_input(key="p-own-source").set_value("English")
    sound(app.text_input(key="p-own-target").set_value("French").run())
    assert "English and French" in said(app)
    corpus = use(app).session_state["corpus"]
    assert corpus.sides == ("English", "French")
    assert {pair for rows in corpus.splits.values() for pair in rows} == {
        tuple(line.split("\t")) for line in PAIRS.split("\n")
    }


@pytest.mark.parametrize(
    ("left", "right", "mend"),
    [
        ("a\nb\nc", "a\nb", "The left column has 3 lines and the right one 2"),
        ("a\nb", "A\nB", "2 different pairs and 20 is the least"),
        (" \n ", "A\nB", "The left column is empty"),
        ("\n".join(["a"] * 40), "\n".join(["b"] * 40), "1 different pair and 20"),
        (" ".join(["word"] * 10_000), "mot", "0 different pairs and 20"),
    ],
)
def test_columns_that_do_not_fit_get_a_sentence_and_stay(left: str, right: str, mend: str) -> None:
    app = columns(opened(), left, right)
    assert mend in error(app)
    assert app.text_area(key="p-own-left").value == left
    assert app.text_area(key="p-own-right").value == right
    sound(app.segmented_control(key="p-own-how").set_value("Paste").run())
    sound(app.segmented_control(key="p-own-how").set_value("Paste two columns").run())
    assert app.text_area(key="p-own-left").value == left


@pytest.mark.parametrize(
    ("kind", "text", "mend"),
    [
        ("pairs", LIST, "There is one column here and pairs have two"),
        ("pairs", "a\tb\nc\td", "2 different pairs and 20 is the least"),
        ("classes", LIST, "no column named text"),
        ("classes", "text,label\n", "0 different texts and 20 is the least"),
        ("classes", PAIRS, "no column named text"),
        ("values", CLASSES, "“rude” is no number"),
        ("classes", CLASSES.replace("kind", "rude"), "All texts have the label “rude”"),
    ],
)
def test_what_is_not_of_that_kind_gets_a_sentence_and_stays(
    kind: str, text: str, mend: str
) -> None:
    app = take(paste(opened(), text), kind)
    assert mend in error(app)
    assert app.text_area(key="p-own-text").value == text
    assert app.selectbox(key="p-own-kind").value == kind
    assert not app.session_state["choice"].ready


def test_very_long_cells_are_said_and_do_no_harm() -> None:
    long = " ".join(["word"] * 10_000)
    app = paste(opened(), f"{PAIRS}\n{long}\tlong")
    assert "Left out: 1 pair with a side of over 2,000 characters" in said(app)
    app = paste(opened(), f"{CLASSES}\n{long},kind")
    assert "41 texts of 2 classes" in said(app)
    assert use(app).session_state["choice"].kind == "classes"


@pytest.mark.slow
def test_two_hundred_thousand_pairs_are_read() -> None:
    app = upload(opened(), "mine.tsv", "\n".join(f"word {i}\tmot {i}" for i in range(200_000)))
    assert not app.error
    assert "200,000 pairs" in said(app)
    assert len(use(app).session_state["corpus"].splits["train"]) == 198_000


def test_they_are_offered_where_they_can_be_used_and_nowhere_else() -> None:
    given_texts = {}
    for kind, text in GIVEN.items():
        app = paste(opened(), text)
        sound(app.text_input(key="p-own-name").set_value(f"My {kind}").run())
        given_texts[kind] = use(app).session_state["choice"].text
    for kinds in ("text items", "pairs", "classes values"):
        app = opened("names", kinds)
        yours = {o for o in app.selectbox(key="p").options if o.startswith("Yours")}
        assert yours == {f"Yours: My {kind}" for kind in kinds.split()}
    app = opened(f"own-{given_texts['pairs']}", "text items")
    assert app.session_state["choice"].name == "names"
    assert not app.warning  # it is here, for another page
    app = opened(f"own-{given_texts['pairs']}", "pairs")
    assert app.session_state["choice"].title == "My pairs"


def test_a_page_takes_no_kind_that_it_has_no_use_for() -> None:
    app = paste(opened(kinds="text items"), PAIRS)
    assert "looks like pairs, which is not for this page" in said(app)
    assert app.selectbox(key="p-own-kind").value == "items"
    assert app.selectbox(key="p-own-kind").options == ["Running text", "A list, one item a line"]
    assert "Paste two columns" not in app.segmented_control(key="p-own-how").options
    app = paste(opened(kinds="pairs"), LIST)
    assert app.selectbox(key="p-own-kind").options == ["Pairs in two columns"]
    assert "one column here" in error(app)


def test_a_link_to_somebodys_pairs_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    text = use(paste(opened(), PAIRS)).session_state["choice"].text
    looks(monkeypatch, "bob")
    app = opened(f"own-{text}")
    choice = app.session_state["choice"]
    assert (choice.text, choice.kind) == (text, "pairs")
    assert any(o.startswith("From a link: word 0") for o in app.selectbox(key="p").options)
    assert choice.spec() == CorpusSpec(name="own", text=text, kind="pairs")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(list(GIVEN)), st.sampled_from(list(GIVEN)), WORDS, st.booleans())
def test_whatever_is_pasted_and_said_of_it(kind: str, taken: str, text: str, alone: bool) -> None:
    text = text if alone else f"{GIVEN[kind]}\n{text}"
    app = paste(opened(), text)
    if app.selectbox and any(box.key == "p-own-kind" for box in app.selectbox):
        take(app, taken)
        assert app.selectbox(key="p-own-kind").value == taken
    assert len(app.error) <= 1
    assert app.text_area(key="p-own-text").value == text


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS, WORDS)
def test_whatever_is_pasted_into_two_columns(left: str, right: str) -> None:
    app = columns(opened(), left, right)
    assert len(app.error) <= 1
    assert app.text_area(key="p-own-left").value == left
    assert app.text_area(key="p-own-right").value == right
