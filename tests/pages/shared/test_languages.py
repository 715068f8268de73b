"""Every sentence of the screens, of the verdicts and of the library that a person may read is in
each language's catalogue, and nothing stands there that nobody says any more."""

import re

import pytest

from pages._ui.shared.catalogue import BLANK, WORD
from pages._ui.shared.language import CODES, FOLDER
from tools import catalogue

LANGUAGES = sorted(set(CODES.values()) - {"en"})


def test_each_language_that_can_be_chosen_has_a_folder() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_missing(language: str) -> None:
    """`python -m tools.catalogue de --out F` writes those that are, to be filled in."""
    assert catalogue.missing(language) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_there_that_nobody_says(language: str) -> None:
    assert catalogue.idle(language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_word_of_a_formula_has_its_own(language: str) -> None:
    """Its entry is `text{share}`: a word alone may be a button's."""
    written = re.compile(r"\\text\{+([^{}$\\]+)\}")
    folders = [catalogue.ROOT / root for root in ("pages", "lm_core")]
    files = [file for folder in folders for file in folder.rglob("*.py")]
    words = {one.strip() for file in files for one in written.findall(file.read_text("utf-8"))}
    wanted = {f"text{{{one}}}" for one in words if WORD.search(one) and one != "one.function"}
    assert len(wanted) > 50
    assert wanted - set(catalogue.known(language)) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_blank_has_its_place(language: str) -> None:
    wrong = {
        key: value
        for key, value in catalogue.known(language).items()
        if not fits(key.count("{}"), BLANK.findall(value), loose=catalogue.ending(key))
    }
    assert wrong == {}


def fits(blanks: int, used: list[str], *, loose: bool) -> bool:
    """Each once, by number or in order; endings of English words may be left out."""
    numbered = [int(one[1:-1]) for one in used if one != "{}"]
    if not numbered:
        return len(used) == blanks
    in_order = sorted(numbered)
    if loose:
        return len(numbered) == len(used) == len(set(numbered)) and in_order[-1] < blanks
    return in_order == list(range(blanks)) and len(used) == blanks


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            '"""A docstring of many words."""\nst.caption(f"It took {n} steps.")',
            ["It took {} steps."],
        ),
        ('st.button("Start")', ["Start"]),
        ('kind = "start"', []),
        ('x = "It is so. " + why + " That is it."', ["It is so.", "{} That is it."]),
        ("f\"{count(n, 'letter')} of {m}\"", ["{} of {}", "{} letter", "{} letters"]),
        ('db.execute("SELECT a FROM b WHERE c = ?")', []),
        ('def f(a: "int | None") -> "str | None": ...', []),
        ("f\"{n} runs{', all of them' if all else ''}.\"", ["{} runs{}.", ", all of them"]),
    ],
)
def test_sentences_are_found_in_the_code(source: str, said: list[str], tmp_path) -> None:
    file = tmp_path / "file.py"
    file.write_text(source, encoding="utf-8")
    assert sorted(set(catalogue.found_in(file))) == sorted(said)
