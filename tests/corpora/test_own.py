"""Your own text: read strictly, split without leakage, stored under its content's hash."""

import dataclasses
import hashlib
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora import load_corpus
from lm_core.corpora.corpus import Corpus
from lm_core.corpora.files import texts_folder
from lm_core.corpora.own import (
    STEPS,
    OwnText,
    as_text,
    from_paste,
    has_own,
    load_own,
    open_upload,
    own_corpus,
    read_file,
    read_upload,
    remove_own,
    save_own,
)
from lm_core.corpora.statistics import overlap
from lm_core.errors import BadText, StoreUnavailable

PROSE = "To be, or not to be: that is the question. " * 20
NAMES = [f"{a}{b}" for a in ("em", "av", "mi", "no", "li") for b in ("ma", "a", "la", "ra", "am")]
CSV = b"id,name,remark\n1,Emma,she sings\n2,Ava,he hums\n"


def or_sentence(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What `function` gives, or None when it refuses with one sentence."""
    sentence = ""
    try:
        return function(*args, **kwargs)
    except BadText as error:
        sentence = str(error)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return None


@given(st.binary(max_size=200), st.sampled_from(["a.txt", "a.md", "a.CSV", "a.pdf", ""]))
def test_any_upload_is_read_or_refused_with_a_sentence(data: bytes, name: str) -> None:
    for column in (None, "name"):
        own = or_sentence(read_upload, name, data, column)
        assert own is None or (isinstance(own, OwnText) and own.text)


@given(st.text())
def test_any_paste_is_read_or_refused_with_a_sentence(text: str) -> None:
    own = or_sentence(from_paste, text)
    assert own is None or own.text.encode("utf-8")


@given(
    st.one_of(st.text(max_size=400), st.lists(st.text(max_size=5), max_size=60)),
    st.booleans(),
    st.none() | st.text(max_size=30),
)
def test_any_text_is_a_corpus_or_refused(
    text: str | list[str], items: bool, validation: str | None
) -> None:
    corpus = or_sentence(own_corpus, text, title="t", items=items, validation=validation)
    if corpus is None:
        return
    assert corpus.splits["train"]
    assert corpus.splits["validation"]
    if validation is None:
        assert overlap(corpus) == {"validation": 0, "test": 0}


def test_a_text_file_keeps_its_name_as_title() -> None:
    own = read_upload("my diary.md", PROSE.encode())
    assert (own.title, own.text, own.note, own.column) == ("my diary", PROSE, "", None)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("../../etc/passwd.txt", "passwd"),
        ("C:\\Users\\me\\tale.txt", "tale"),
        ("\x1b[31mred.txt", "[31mred"),
        (".txt", "Own text"),
        ("x" * 500 + ".txt", "x" * 80),
    ],
)
def test_the_name_of_a_file_is_never_a_path(name: str, title: str) -> None:
    assert read_upload(name, PROSE.encode()).title == title


@pytest.mark.parametrize("name", ["picture.png", "letter.docx", "tale", "tale.txt.exe", ""])
def test_other_kinds_of_file_are_refused(name: str) -> None:
    with pytest.raises(BadText, match=r"Only \.txt, \.md, \.csv and \.tsv"):
        read_upload(name, PROSE.encode())


def test_a_200_mb_upload_is_refused_whatever_its_name() -> None:
    with pytest.raises(BadText, match=r"200\.0 MB and 10 MB is the most"):
        read_upload("a.bin", bytes(200_000_000))


def test_a_paste_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadText, match="10 MB is the most"):
        from_paste("é" * 6_000_000)


def test_a_column_of_a_csv_is_chosen() -> None:
    opened = open_upload("people.csv", CSV)
    assert opened.table.columns() == ["name", "remark"]
    own = read_upload("people.csv", CSV, "name")
    assert (own.column, own.items) == ("name", ["Emma", "Ava"])
    with pytest.raises(BadText, match="Choose the column"):
        read_upload("people.csv", CSV)


def test_a_latin1_csv_is_read_with_its_note() -> None:
    own = read_upload("a.csv", "name,n\nZoë,1\nChloé,2\n".encode("latin-1"))
    assert own.items == ["Zoë", "Chloé"]
    assert "Not UTF-8" in own.note
    assert "the column “name” was read" in own.note


def test_all_that_was_done_to_a_table_is_told() -> None:
    data = "\ufeffsep=;\nEmma\n\ufeffAva, too\n".encode("utf-8") + b"Mia\n" * 3
    own = read_upload("names.csv", data)
    assert own.items == ["Emma", "Ava, too", "Mia", "Mia", "Mia"]
    for said in ("1 byte-order mark", "first line, “Emma”, was read as text"):
        assert said in own.note
    assert own.told.startswith("names: ")
    assert open_upload("names.csv", data).read(heading=True).items[0] == "Ava, too"


def test_items_are_filled_lines_without_spaces_around_them() -> None:
    assert from_paste(" emma \n\n ava\t\n").items == ["emma", "ava"]


def test_a_file_of_this_machine_may_have_any_ending(tmp_path: Path) -> None:
    path = tmp_path / "wiki.test.tokens"
    path.write_text(PROSE, encoding="utf-8", newline="")
    assert read_file(path).text == PROSE
    table = tmp_path / "people.csv"
    table.write_bytes(CSV)
    assert read_file(table, "name").items == ["Emma", "Ava"]


@pytest.mark.parametrize("name", ["absent.txt", "."])
def test_a_file_that_cannot_be_opened_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadText, match=r"cannot be read .*: check the name"):
        read_file(tmp_path / name)


def test_running_text_is_cut_in_order_90_5_5() -> None:
    corpus = own_corpus(PROSE, title="Hamlet", items=False)
    parts = [corpus.splits[s][0] for s in ("train", "validation", "test")]
    assert "".join(parts) == PROSE
    assert len(parts[0]) == int(0.9 * len(PROSE))
    assert len(parts[1]) == pytest.approx(0.05 * len(PROSE), abs=1)
    assert corpus.info.how == "own"
    assert corpus.info.title == "Hamlet"


def test_items_lose_their_doubles_and_are_split_80_10_10() -> None:
    corpus = own_corpus(NAMES + NAMES, title="Names", items=True)
    assert corpus.items
    assert [len(corpus.splits[s]) for s in ("train", "validation", "test")] == [21, 2, 2]
    assert overlap(corpus) == {"validation": 0, "test": 0}
    assert own_corpus("\n".join(NAMES), title="Names", items=True) == corpus


def test_at_most_a_thousand_items_are_held_out_twice() -> None:
    corpus = own_corpus([f"name {i}" for i in range(30_000)], title="t", items=True)
    assert len(corpus.splits["validation"]) == len(corpus.splits["test"]) == 1000


def test_a_validation_text_validates_as_it_stands_and_all_the_rest_trains() -> None:
    corpus = own_corpus(PROSE, title="t", items=False, validation="\nHeld out.\n")
    assert corpus.splits == {"train": [PROSE], "validation": ["\nHeld out.\n"], "test": []}
    names = own_corpus(NAMES, title="t", items=True, validation="zoe\nzoe\nemma")
    assert names.splits["train"] == NAMES
    assert names.splits["validation"] == ["zoe", "zoe", "emma"]


def test_too_little_text_says_how_much_is_needed() -> None:
    with pytest.raises(BadText, match="5 characters and 200 is the least"):
        own_corpus("to be", title="t", items=False)
    with pytest.raises(BadText, match="2 different items here and 20 is the least"):
        own_corpus(["emma", "ava"] * 30, title="t", items=True)
    with pytest.raises(BadText, match="no text"):
        own_corpus(PROSE, title="t", items=False, validation=" ")


def test_what_was_stored_is_loaded_the_same() -> None:
    for corpus in (
        own_corpus(PROSE, title="Ümlaut \ud800", items=False),
        own_corpus(NAMES, title="Names", items=True, validation="zoe"),
    ):
        key = save_own(corpus)
        assert has_own(key)
        assert load_own(key) == corpus
        assert corpus.info.name == f"own-{key}"


def test_another_process_reads_it(home: Path) -> None:
    key = save_own(own_corpus(PROSE, title="Hamlet", items=False))
    code = f"from lm_core.corpora.own import load_own; print(load_own({key!r}).info.title)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "Hamlet"


def test_the_same_text_is_stored_once_under_its_hash() -> None:
    corpus = own_corpus(PROSE, title="Hamlet", items=False)
    again = own_corpus(PROSE, title="The Dane", items=False)
    assert save_own(corpus) == save_own(again)  # whatever it is called
    (file,) = texts_folder().iterdir()
    assert load_own(file.stem).info.title == "Hamlet"
    assert save_own(own_corpus(NAMES, title="Hamlet", items=True)) != file.stem


def test_a_text_stored_when_its_title_was_hashed_too_keeps_its_name() -> None:
    corpus = own_corpus(PROSE, title="Hamlet", items=False)
    (file,) = [stored(corpus)]
    key = hashlib.sha256(file.read_bytes()).hexdigest()  # as it was: of all there is
    assert key != file.stem
    file.rename(file.with_name(f"{key}.json"))
    old = load_own(key)
    assert old.splits == corpus.splits
    assert (old.info.name, old.info.title) == (f"own-{key}", "Hamlet")


def test_what_was_read_can_be_taken_away_again() -> None:
    assert as_text(own_corpus(PROSE, title="t", items=False)) == PROSE
    listed = as_text(own_corpus([*NAMES, *NAMES], title="t", items=True))
    assert sorted(listed.split()) == sorted(NAMES)


def test_how_far_a_corpus_is_made_is_told() -> None:
    told: list[tuple[int, int]] = []
    made = own_corpus(NAMES, title="t", items=True, progress=lambda *one: told.append(one))
    assert made == own_corpus(NAMES, title="t", items=True)
    assert told == [(step, STEPS) for step in range(1, STEPS + 1)]


def test_a_removed_text_is_gone() -> None:
    key = stored(own_corpus(PROSE, title="t", items=False)).stem
    remove_own(key)
    assert not has_own(key)
    remove_own(key)
    remove_own("../../secret")


@pytest.mark.parametrize(
    "key", ["", "../../secret", "A" * 64, "0" * 63, "0" * 64 + "\n", "0" * 64, "٠" * 64]
)
def test_a_key_that_is_none_or_unknown_reads_no_file(key: str, home: Path) -> None:
    (home / "secret.json").parent.mkdir(parents=True)
    (home / "secret.json").write_text("{}")
    assert not has_own(key)
    with pytest.raises(BadText, match="upload or paste it again"):
        load_own(key)


def stored(corpus: Corpus) -> Path:
    return texts_folder() / f"{save_own(corpus)}.json"


def test_a_damaged_copy_is_refused() -> None:
    path = stored(own_corpus(PROSE, title="t", items=False))
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(BadText, match="damaged"):
        load_own(path.stem)


@pytest.mark.parametrize(
    "data", [b"[]", b"{}", b"{", b'{"title":1,"items":0,"rule":"","splits":1}']
)
def test_a_copy_in_another_format_is_refused(data: bytes) -> None:
    key = hashlib.sha256(data).hexdigest()
    texts_folder().mkdir(parents=True)
    (texts_folder() / f"{key}.json").write_bytes(data)
    with pytest.raises(BadText, match="upload or paste it again"):
        load_own(key)


def test_a_full_disk_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    corpus = own_corpus(PROSE, title="t", items=False)
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StoreUnavailable, match=r"No space left on device.*LM_LAB_HOME"):
        save_own(corpus)
    assert list(texts_folder().iterdir()) == []


@pytest.mark.parametrize("items", [True, False])
def test_two_spellings_of_an_accent_are_one_unless_asked_otherwise(items: bool) -> None:
    as_one = "\n".join(f"{name}é" for name in NAMES) + "\n" + "Zoë " * 60
    apart = unicodedata.normalize("NFD", as_one)
    corpus = own_corpus(apart, title="t", items=items)
    assert corpus == dataclasses.replace(
        own_corpus(as_one, title="t", items=items), info=corpus.info
    )
    assert corpus.info.form == "NFC"
    assert "one character (NFC)" in corpus.info.note
    if items:  # what looks alike is one item, and in one split
        both = own_corpus(f"{apart}\n{as_one}", title="t", items=True)
        assert both.splits == corpus.splits
    raw = own_corpus(apart, title="t", items=items, form="")
    assert (raw.info.form, raw.info.note) == ("", "")
    assert raw.splits != corpus.splits
    for made in (corpus, raw):  # as a text that was stored before there was a choice
        assert load_own(save_own(made)).info.form == made.info.form


@pytest.mark.parametrize("name", ["names", "speeches"])
def test_texts_that_ship_are_in_one_form(name: str) -> None:
    corpus = load_corpus(name)
    assert corpus.info.form == "NFC"
    for documents in corpus.splits.values():
        assert all(unicodedata.is_normalized("NFC", document) for document in documents)
