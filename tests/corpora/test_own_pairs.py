"""Own pairs: two columns in, a corpus out, and a sentence for everything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.own import as_text, load_own, save_own
from lm_core.corpora.own_pairs import MAX_PAIRS, pairs_of, paste_columns
from lm_core.corpora.splitting import same
from lm_core.errors import BadText
from tests.marks import most_slow

PAIRS = [(f"word {i}", f"mot {i}") for i in range(40)]


def tsv(pairs: list[tuple[str, ...]]) -> str:
    return "\n".join(map("\t".join, pairs))


def every(corpus) -> list[tuple[str, str]]:
    return sorted(pair for split in corpus.splits.values() for pair in split)


@pytest.mark.parametrize(
    "text",
    [
        tsv(PAIRS),
        tsv(PAIRS) + "\n\n",
        tsv(PAIRS).replace("\n", "\r\n"),
        tsv(PAIRS).replace("\t", ","),
        tsv(PAIRS).replace("\t", ";"),
        "\ufeff" + tsv(PAIRS),
        "\n".join(f'"{source}","{target}"' for source, target in PAIRS),
        tsv([(*pair, "CC-BY") for pair in PAIRS]),
        tsv(PAIRS + PAIRS),
    ],
)
def test_tabs_commas_and_semicolons_give_the_same_pairs(text: str) -> None:
    corpus = pairs_of(text, title="Mine")
    assert every(corpus) == sorted(PAIRS)
    assert [len(corpus.splits[s]) for s in ("train", "validation", "test")] == [32, 4, 4]
    assert corpus.info.kind == "pairs"
    assert corpus.info.how == "own"
    assert corpus.info.split_rule.endswith("4 pairs validate and 4 test.")


def test_a_quote_beside_a_tab_is_a_letter_and_in_a_csv_it_holds_a_cell() -> None:
    said = '"Go on,"\the said'
    assert ('"Go on,"', "he said") in every(pairs_of(f"{tsv(PAIRS)}\n{said}", title="t"))
    table = tsv(PAIRS).replace("\t", ",") + '\n"Go on, he said","Va,\ndit-il"'
    assert ("Go on, he said", "Va, dit-il") in every(pairs_of(table, title="t"))


@pytest.mark.parametrize("mark", ["\t", ","])
def test_a_first_line_that_names_the_sides_is_no_pair(mark: str) -> None:
    body = tsv(PAIRS).replace("\t", mark)
    corpus = pairs_of(f"English{mark}French\n{body}", title="t")
    assert corpus.sides == ("English", "French")
    assert every(corpus) == sorted(PAIRS)
    assert "names the sides: English and French" in corpus.info.note
    assert pairs_of(f"src{mark}tgt\n{body}", title="t", sides=("A", "B")).sides == ("A", "B")


def test_a_first_line_of_words_is_a_pair() -> None:
    corpus = pairs_of(f"hello\tbonjour\n{tsv(PAIRS)}", title="t")
    assert ("hello", "bonjour") in every(corpus)
    assert corpus.sides == ("Source", "Target")


def test_what_is_left_out_is_said_and_counted() -> None:
    long = " ".join(["word"] * 10_000)
    text = tsv([*PAIRS, (long, "long"), ("half", ""), ("half",), ("", "moitié")])
    corpus = pairs_of(text, title="t")
    assert every(corpus) == sorted(PAIRS)
    assert "3 pairs with an empty side" in corpus.info.note
    assert "1 pair with a side of over 2,000 characters" in corpus.info.note


def test_letters_and_their_accents_become_one_character() -> None:
    apart = tsv([*PAIRS, ("elder", "a\u0302ge\u0301")])
    corpus = pairs_of(apart, title="t")
    assert ("elder", "âgé") in every(corpus)
    assert "one character" in corpus.info.note
    assert (pairs_of(apart, title="t", form="").info.form, corpus.info.form) == ("", "NFC")


def test_all_translations_of_a_sentence_stay_together() -> None:
    pairs = [(f"{way} {i}", f"mot {i}") for i in range(40) for way in ("a", "the", "some")]
    splits = pairs_of(tsv(pairs), title="t").splits
    seen = [{same(target) for _, target in split} for split in splits.values()]
    assert sum(map(len, seen)) == 40


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no text in this"),
        (" \n\t\n ", "There is no text in this"),
        ("a line\nand another\n" * 20, "There is one column here and pairs have two"),
        ("Hello, you, there\nand you\n" * 20, "one column here"),
        ("text\n" + "word\n" * 40, "one column here"),
        ("a,b\n" * 30 + "a,b,c\n" * 2, "put quotes around text that holds the separator"),
        (tsv(PAIRS[:19]), "This has 19 different pairs and 20 is the least"),
        (tsv(PAIRS[:1] * 50), "This has 1 different pair and"),
        (tsv([(f"word {i}", "yes") for i in range(50)]), "share a side with one another"),
        (tsv([(str(i), str(i)) for i in range(MAX_PAIRS + 1)]), "300,000 is the most"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_with_the_mend(text: str, sentence: str) -> None:
    with pytest.raises(BadText, match=sentence):
        pairs_of(text, title="t")


@pytest.mark.parametrize("number", most_slow([20_000, 200_000], quick=[20_000]))
def test_as_many_pairs_as_are_given_are_read_and_split(number: int) -> None:
    text = tsv([(f"the word number {i}", f"le mot numéro {i}") for i in range(number)])
    corpus = pairs_of(text, title="t")
    assert [len(split) for split in corpus.splits.values()] == [number - 2000, 1000, 1000]


def test_pasted_columns_are_joined_line_by_line() -> None:
    text = paste_columns("\n".join(s for s, _ in PAIRS) + "\n\n", "\n".join(t for _, t in PAIRS))
    assert every(pairs_of(text, title="t")) == sorted(PAIRS)
    assert paste_columns("a\tb\n\nc", "d\n\ne") == "a b\td\n\t\nc\te"


@pytest.mark.parametrize(
    ("left", "right", "sentence"),
    [
        ("", "un", "The left column is empty"),
        ("one", " \n ", "The right column is empty"),
        ("one\ntwo", "un", "The left column has 2 lines and the right one 1"),
        ("one", "un\ndeux", "The left column has 1 line and the right one 2"),
    ],
)
def test_columns_that_do_not_fit_are_refused(left: str, right: str, sentence: str) -> None:
    with pytest.raises(BadText, match=sentence):
        paste_columns(left, right)


def test_stored_pairs_are_the_same_pairs_in_any_process() -> None:
    corpus = pairs_of(f"English\tFrench\n{tsv(PAIRS)}", title="Phrases")
    stored = load_own(save_own(corpus))
    assert (stored.splits, stored.sides) == (corpus.splits, ("English", "French"))
    assert (stored.fingerprint, stored.info.title) == (corpus.fingerprint, "Phrases")
    assert stored.info.name == pairs_of(f"English\tFrench\n{tsv(PAIRS)}", title="x").info.name
    assert pairs_of(tsv(PAIRS), title="Phrases").info.name != corpus.info.name
    assert every(pairs_of(as_text(stored), title="t")) == every(corpus)


@given(st.text("ab,;\t\n\"' é\x00\u0301=", max_size=200) | st.text(max_size=80))
def test_anything_is_pairs_or_a_named_error(text: str) -> None:
    for whole in (text, text * 30, f"{tsv(PAIRS)}\n{text}"):
        try:
            corpus = pairs_of(whole, title=text)
        except BadText:
            continue
        assert corpus.splits["validation"]
        assert all(s and t for pairs in corpus.splits.values() for s, t in pairs)
        assert load_own(save_own(corpus)).splits == corpus.splits


@given(st.text("a\t\n\r\x0b \x00", max_size=20), st.text("b\t\n\r\x0b \x00", max_size=20))
def test_any_two_columns_are_joined_or_refused(left: str, right: str) -> None:
    try:
        joined = paste_columns(left, right)
    except BadText:
        return
    assert all(line.count("\t") == 1 for line in joined.split("\n"))
