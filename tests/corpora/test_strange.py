"""Strange text survives: what the Dataset explorer counts and finds in it has its right value."""

import pytest

from lm_core.cleaning import Cleaning
from lm_core.corpora.concordance import concordance
from lm_core.corpora.corpus import Corpus, CorpusInfo
from lm_core.corpora.duplicates import repeated
from lm_core.corpora.indexed import indexed
from lm_core.corpora.ngram_counts import ngram_counts
from lm_core.corpora.own import own_corpus, read_upload
from lm_core.corpora.pattern_search import search_pattern
from lm_core.corpora.statistics import pieces, search, summary
from lm_core.errors import BadText
from lm_core.tokenizers.word import split_words
from lm_core.visible import readable, visible

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # three people joined to one picture
SHALOM, OLAM = "\u05e9\u05dc\u05d5\u05dd", "\u05e2\u05d5\u05dc\u05dd"
LONG = 5_000_000


def corpus(*train: str) -> Corpus:
    info = CorpusInfo("strange", "Strange", "none", "a test")
    return Corpus(info, {"train": list(train), "validation": [], "test": []})


def test_a_picture_of_joined_ones_is_one_word_of_five_characters() -> None:
    text = corpus(f"so {FAMILY} we {FAMILY}, all")
    assert summary(text).loc["train"].tolist() == [1, 22, 22 - 10 + 2 * len(FAMILY.encode())]
    assert split_words(text.splits["train"][0]).count(FAMILY) == 2
    hits = search(text, FAMILY).hits
    assert [hit.position for hit in hits] == [3, 12]
    assert [hit.position for hit in search_pattern(text, FAMILY).hits] == [3, 12]
    assert hits[0].after == f" we {FAMILY}, all"
    assert readable(FAMILY) == FAMILY


@pytest.mark.parametrize("asked", ["caf\u00e9", "cafe\u0301"])
def test_an_accent_apart_is_found_as_one_with_its_letter(asked: str) -> None:
    line = "a cafe\u0301 or two. "
    own = own_corpus(line * 40, title="x", items=False)
    assert sum(search(own, asked, split).total for split in own.splits) == 40
    assert sum(search_pattern(own, asked, split).total for split in own.splits) == 40
    assert "\u0301" not in "".join(map("".join, own.splits.values()))
    assert visible("\u0301") == "\u25cc\u0301"  # alone it has something to stand on


def test_what_runs_from_right_to_left_keeps_its_order() -> None:
    text = corpus(f"{SHALOM} {OLAM} {SHALOM}")
    words = indexed(text.splits, split_words)["train"]
    (line, _) = concordance(words, [SHALOM]).lines
    assert (line.before, line.match, line.after) == ("", SHALOM, f"{OLAM} {SHALOM}")
    assert [hit.position for hit in search(text, OLAM).hits] == [5]
    assert readable("a\u202eb") == "a\u27e8202E\u27e9b"  # what turns the rest is shown, not obeyed


def test_a_blank_of_no_width_makes_another_word_and_is_shown() -> None:
    words = split_words("wo\u200brd word")
    assert words == ["wo\u200brd", "word"]
    assert visible(words[0]) == "wo\u27e8200B\u27e9rd"
    assert search(corpus("wo\u200brd word"), "word").total == 1


def test_line_ends_of_windows_are_line_ends() -> None:
    given = read_upload("a.txt", b"one two\r\nthree\r\n\r\nfour\r" * 40)
    text = corpus(given.text)
    assert "\r" not in given.text
    assert pieces(text, "train") == ["one two", "three", "four"] * 40
    _, copies, lines = repeated(given.text.split("\n"))
    assert (copies, lines) == (117, 120)
    assert search_pattern(text, "^four$").total == 40


@pytest.mark.slow
def test_one_line_of_five_million_letters() -> None:
    line = ("ab " * (LONG // 3))[:-1] + "!"
    text = corpus(line)
    words = indexed(text.splits, split_words)["train"]
    many = LONG // 3
    assert dict(zip(words.types, words.counts.tolist(), strict=True)) == {"ab": many, "!": 1}
    assert pieces(text, "train") == [line]
    assert search(text, "b!").hits[0].position == len(line) - 2
    assert search_pattern(text, "b!", seconds=60.0).hits[0].position == len(line) - 2
    table, different, total = ngram_counts(words, 2, limit=5)
    assert (table["times"].tolist(), different, total) == ([many - 1, 1], 2, many)
    assert len(concordance(words, ["!"]).lines[0].before.split()) == 8


def test_a_million_empty_lines_are_no_lines() -> None:
    given = read_upload("a.txt", b"\n" * 1_000_000 + b"last of all\n")
    text = corpus(given.text)
    assert pieces(text, "train") == ["last of all"]
    assert repeated(given.text.split("\n"))[1:] == (0, 1)
    assert search(text, "last").hits[0].position == 1_000_000
    assert search_pattern(text, "^last", seconds=60.0).total == 1
    assert len(Cleaning(punctuation=False)(given.text)) == len(given.text)
    assert indexed(text.splits, split_words)["train"].lengths.tolist() == [3]


def test_bytes_that_are_no_utf8_are_refused_with_their_line_or_read_as_said() -> None:
    with pytest.raises(BadText, match=r"broken letters \(line 2\)"):
        read_upload("a.txt", "\u00e9\u00e8\u00ea\n".encode() + b"\xc3( \xff\n" + "\u00e9".encode())
    read = read_upload(
        "a.txt", ("Le caf\u00e9 d'\u00e9t\u00e9, d\u00e9j\u00e0 vu. " * 20).encode("cp1252")
    )
    assert "d\u00e9j\u00e0" in read.text
    assert read.note
