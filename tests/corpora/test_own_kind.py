"""What a text holds is guessed with its evidence, and whoever knows better decides."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.own import as_text
from lm_core.corpora.own_kind import KINDS, corpus_of, guess_kind
from lm_core.errors import BadText

PAIRS = "\n".join(f"word {i}\tmot {i}" for i in range(40))
CLASSES = "text,label\n" + "\n".join(f"a text {i},{'kind' if i % 2 else 'rude'}" for i in range(40))
VALUES = "text,label\n" + "\n".join(f"a text {i},{i % 8 / 4}" for i in range(40))
LIST = "\n".join(f"name{i}" for i in range(40))
PROSE = "It was a bright cold day in April, and the clocks were striking thirteen. " * 12


@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        (PAIRS, "pairs", "a tab parts nearly every line"),
        (f"{PAIRS}\nhalf", "pairs", "a tab parts"),
        (PAIRS.replace("\n", "\tCC-BY\n"), "pairs", "a tab parts"),
        ("English,French\n" + PAIRS.replace("\t", ","), "pairs", "two sides, English and French"),
        (CLASSES, "classes", "names the columns text and label"),
        (CLASSES.replace(",", "\t"), "classes", "names the columns"),
        ("sep=;\n" + CLASSES.replace(",", ";"), "classes", "names the columns"),
        ("id,Label,TEXT\n1,a,b\n", "classes", "names the columns"),
        (VALUES, "values", "the labels are numbers"),
        (CLASSES.replace("kind", "1").replace("rude", "0"), "classes", "names the columns"),
        ("text,label\n", "classes", "names the columns"),
        (LIST, "items", "half of its lines have 6 characters or fewer"),
        (PROSE, "text", "it has 1 line"),
        ("def f(x):\n\treturn x\n\n" * 20, "text", ""),
        ("id\tline\tcolour\tsize\n" + "1\ta\tred\t3\n" * 30, "items", ""),
        ("", "text", "it has 0 lines"),
        ("\t\t\t", "text", ""),
    ],
)
def test_it_is_guessed_by_its_look(text: str, kind: str, why: str) -> None:
    guess = guess_kind(text)
    assert guess.kind == kind
    assert why in guess.why


@given(st.text(st.sampled_from("ab,;\t|\"\n'= 1.5éЖ") | st.characters(), max_size=300))
def test_whatever_is_typed_is_taken_for_something(text: str) -> None:
    guess = guess_kind(text)
    assert guess.kind in KINDS
    assert guess.why
    assert guess_kind(f"text,label\n{text}").kind in ("classes", "values")


@given(
    st.sampled_from(KINDS),
    st.text(st.sampled_from("ab,;\t|\"\n'= 1.5éЖ") | st.characters(), max_size=300),
)
def test_read_as_any_kind_it_is_a_corpus_or_a_sentence(kind: str, text: str) -> None:
    for given_text in (text, f"{PAIRS}\n{text}", f"{CLASSES}\n{text}", f"{VALUES}\n{text}"):
        with suppress(BadText):
            assert corpus_of(kind, given_text, title="Mine").info.kind == kind


def test_what_is_downloaded_is_no_formula_and_comes_back_as_it_was() -> None:
    for kind, text in (("pairs", PAIRS + "\n=1+1\t@here"), ("classes", CLASSES + "\n=1+1,kind")):
        corpus = corpus_of(kind, text, title="Mine")
        file = as_text(corpus)
        assert "'=1+1" in file
        rows = [
            sorted(one for s in c.splits.values() for one in s)
            for c in (corpus, corpus_of(kind, file, title="Mine"))
        ]
        assert rows[0] == rows[1]
        assert "=1+1" in dict(rows[0])


def test_names_of_sides_and_units_are_kept() -> None:
    assert corpus_of("pairs", PAIRS, title="", sides=("A", "B")).sides == ("A", "B")
    assert corpus_of("values", VALUES, title="", unit="stars").unit == "stars"


@pytest.mark.parametrize(
    ("text", "kind"),
    [(PAIRS, "pairs"), (CLASSES, "classes"), (VALUES, "values"), (LIST, "items"), (PROSE, "text")],
)
def test_the_corpus_is_of_the_kind_asked_for(text: str, kind: str) -> None:
    corpus = corpus_of(kind, text, title="Mine", note="So it was read.")
    assert corpus.info.kind == kind
    assert corpus.info.title == "Mine"
    assert corpus.info.note.startswith("So it was read.")


@pytest.mark.parametrize(
    ("kind", "text", "held", "validates"),
    [
        ("pairs", PAIRS, "b\tword 1\nb\tword 1\nc\t", [("b", "word 1")] * 2),
        ("classes", CLASSES, "text,label\nnew,kind\nold,\n", [("new", "kind")]),
        ("values", VALUES, "text,label\nnew,-3\nold,\n", [("new", -3.0)]),
    ],
)
def test_a_text_of_its_own_validates_as_it_stands(
    kind: str, text: str, held: str, validates: list
) -> None:
    corpus = corpus_of(kind, text, title="Mine", validation=held)
    assert corpus.splits["validation"] == validates
    assert len(corpus.splits["train"]) == 40
    assert corpus.info.note.startswith("The validation file: Left out: 1 ")
    assert corpus.info.name != corpus_of(kind, text, title="Mine").info.name
    if kind == "classes":
        assert corpus.classes == ["kind", "rude"]
