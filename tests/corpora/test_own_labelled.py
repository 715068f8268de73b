"""Own labelled texts: the columns text and label in, a corpus out, and a sentence otherwise."""

import csv
import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.own import as_text, load_own, save_own
from lm_core.corpora.own_labelled import labelled_of
from lm_core.errors import BadText

ROWS = [(f"a text, number {i}", "good" if i % 4 else "bad") for i in range(200)]


def table(rows: list[tuple], columns: tuple = ("text", "label"), mark: str = ",") -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=mark).writerows([columns, *rows])
    return file.getvalue()


def every(corpus) -> list[tuple]:
    return sorted(row for split in corpus.splits.values() for row in split)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_each_class_has_its_share_in_each_split(mark: str) -> None:
    corpus = labelled_of(table(ROWS, mark=mark), title="Mine", kind="classes")
    assert every(corpus) == sorted(ROWS)
    assert (corpus.classes, corpus.unit) == (["bad", "good"], "")
    for split in ("validation", "test"):
        assert Counter(label for _, label in corpus.splits[split]) == {"good": 15, "bad": 5}
    assert corpus.info.split_rule.endswith("20 texts validate and 20 test.")
    assert (corpus.info.kind, corpus.info.how) == ("classes", "own")


def test_numbers_are_read_as_numbers() -> None:
    rows = [(f"text {i}", f"{i / 2:g}") for i in range(60)] + [("cold", "-1.5e1")]
    corpus = labelled_of(table(rows), title="t", kind="values", unit="year")
    assert ("cold", -15.0) in every(corpus)
    assert (corpus.classes, corpus.unit) == ([], "year")
    assert [len(split) for split in corpus.splits.values()] == [49, 6, 6]


def test_other_columns_and_capitals_do_not_matter() -> None:
    rows = [(i, label, text) for i, (text, label) in enumerate(ROWS)]
    corpus = labelled_of(table(rows, ("id", "Label", " TEXT ")), title="t", kind="classes")
    assert every(corpus) == sorted(ROWS)


def test_a_text_keeps_its_lines_and_its_quotes() -> None:
    held = ('She said "no",\nand left.', "bad")
    assert held in every(labelled_of(table([*ROWS, held]), title="t", kind="classes"))


def test_a_text_that_comes_again_counts_once_and_its_other_label_is_said() -> None:
    again = [("A TEXT,  number 1", "good"), ("a text, number 2", "bad"), ("", "bad")]
    corpus = labelled_of(table([*ROWS, *again]), title="t", kind="classes")
    assert every(corpus) == sorted(ROWS)
    assert "2 texts came again and went, 1 of them with another label" in corpus.info.note
    assert "Left out: 1 row without a text or a label." in corpus.info.note


def test_a_rare_class_only_trains() -> None:
    corpus = labelled_of(table([*ROWS, ("odd", "rare")]), title="t", kind="classes")
    assert ("odd", "rare") in corpus.splits["train"]
    assert "Of 1 rare class no text is held back." in corpus.info.note
    assert corpus.classes == ["bad", "good", "rare"]


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        ("", "classes", "There is no text in this"),
        ("word\n" * 40, "classes", "no column named text"),
        (table(ROWS, ("text", "kind")), "classes", "no column named label"),
        (table([(*r, r[1]) for r in ROWS], ("text", "label", "label")), "classes", "several"),
        (table(ROWS[:19]), "classes", "19 different texts and 20 is the least"),
        (table([]), "classes", "This has 0 different texts"),
        (table([(t, "same") for t, _ in ROWS]), "classes", "All texts have the label “same”"),
        (table([(t, "2") for t, _ in ROWS]), "values", "All texts have the label 2"),
        (table([(t, t) for t, _ in ROWS] + [("x", "y")]), "classes", "201 different labels"),
        (table([(t, str(i // 2)) for i, (t, _) in enumerate(ROWS)]), "classes", "No class has 5"),
        (table(ROWS), "values", "The label “bad” is no number"),
        (table([(t, "nan") for t, _ in ROWS]), "values", "“nan” is no number"),
        (table([(t, "1e999") for t, _ in ROWS]), "values", "“1e999” is no number"),
        ('text,label\n"open,bad\n' * 30, "classes", "close its quotes"),
        (table(ROWS) + "a,b,c\n", "classes", "put quotes around text"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(text: str, kind: str, sentence: str) -> None:
    with pytest.raises(BadText, match=sentence):
        labelled_of(text, title="t", kind=kind)


@pytest.mark.parametrize("kind", ["classes", "values"])
def test_stored_texts_are_the_same_in_any_process(kind: str) -> None:
    rows = [(text, str(i % 7)) for i, (text, _) in enumerate(ROWS)]
    corpus = labelled_of(table(rows), title="Mine", kind=kind, unit="point")
    stored = load_own(save_own(corpus))
    assert (stored.splits, stored.classes) == (corpus.splits, corpus.classes)
    assert (stored.unit, stored.info.kind) == ("point" if kind == "values" else "", kind)
    assert stored.fingerprint == corpus.fingerprint == corpus.info.name
    assert every(labelled_of(as_text(stored), title="t", kind=kind)) == every(corpus)


CELL = st.text("ab,;\n\"'=1.-é\u0301", max_size=6)


@given(st.lists(st.tuples(CELL, CELL), max_size=40), st.sampled_from(["classes", "values"]))
def test_any_table_is_a_corpus_or_a_named_error(rows: list, kind: str) -> None:
    numbered = [(f"{i} {text}", label) for i, (text, label) in enumerate(rows)]
    for whole in (table(rows), table(numbered), table(numbered + ROWS), "".join(map(str, rows))):
        try:
            corpus = labelled_of(whole, title="t", kind=kind)
        except BadText:
            continue
        assert corpus.splits["validation"]
        assert load_own(save_own(corpus)).splits == corpus.splits
