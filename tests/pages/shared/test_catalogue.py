"""Sentences are found with what fills their blanks; everything else stays what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages._ui.shared.catalogue import NUMBER, Catalogue, Template, localised, sentences_in
from pages._ui.shared.language import FOLDER
from pages._ui.shared.plain import plain

GERMAN = Catalogue(
    {
        "Stopped after {} steps.": "Nach {} Schritten angehalten.",
        "{} words{}.": "{} Wörter{}.",
        ", and {} of them come only once": ", und {} davon nur einmal",
        'The guess for "{}" is {}.': "Die Vermutung für „{}“ ist {}.",
        "Learning rate": "Lernrate",
        "too large": "zu groß",
        "{} of {} tokens": "{1} Tokens, davon {0}",
    }
)


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("Stopped after 1,234 steps.", "Nach 1.234 Schritten angehalten."),
        ("5 words. Stopped after 7 steps.", "5 Wörter. Nach 7 Schritten angehalten."),
        ("5,000 words, and 3 of them come only once.", "5.000 Wörter, und 3 davon nur einmal."),
        ('The guess for "a. B. c" is 0.25.', "Die Vermutung für „a. B. c“ ist 0,25."),
        ("Learning rate: too large", "Lernrate: zu groß"),
        ("  Learning rate\n\nold", "  Lernrate\n\nold"),
        ("3 of 4.5 tokens", "4,5 Tokens, davon 3"),
        ("## a\n:small[Learning rate, too large]", "## a\n:small[Lernrate, zu groß]"),
        ("0.7 nats, 1.67.0, v2.1, 3.", "0,7 nats, 1.67.0, v2.1, 3."),
        ("", ""),
    ],
)
def test_a_sentence_and_what_fills_it(english: str, german: str) -> None:
    assert GERMAN.say(english) == german


def test_what_others_wrote_is_not_taken_for_ours_where_it_is_short() -> None:
    assert GERMAN.say("too large", 3) == "too large"
    assert GERMAN.say("too large", 2) == "zu groß"
    assert GERMAN.say("it is 0.25", 3) == "it is 0.25"


def test_signs_of_markdown_that_lost_their_sense_are_found_as_well() -> None:
    known = Catalogue(
        {"{} are <unk> to it": "{} sind für es <unk>", "start.x: [a] *b*": "beginne.x: [a] *b*"}
    )
    assert known.say(plain("3 are <unk> to it")) == "3 sind für es <unk>"
    assert known.say(plain("*a* are <unk> to it")) == r"\*a\* sind für es <unk>"
    assert known.say(plain("start.x: [a] *b*")) == "beginne.x: [a] *b*"


def test_of_two_blanks_side_by_side_each_is_as_long_as_what_is_known() -> None:
    known = Catalogue(
        {"{} {} mostly": "{} {} meist", "Neural bigram": "Neuronales Bigramm", "looks": "schaut"}
        | {"the last token": "auf das letzte Token"}
    )
    assert known.say("Neural bigram looks mostly") == "Neuronales Bigramm schaut meist"
    assert known.say("looks the last token mostly") == "schaut auf das letzte Token meist"


def test_what_is_quoted_stays_as_it_is() -> None:
    known = Catalogue({"“{}” stands {}": "„{}“ steht {}", "word": "Wort", "here": "hier"})
    assert known.say("“word” stands here") == "„word“ steht hier"


@pytest.mark.parametrize(
    "text",
    ["the text, of " * 150, "the text, of " * 20 + "end", "a step of the run. " * 100, "of " * 999],
)
def test_whatever_is_written_little_is_tried(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of texts made of the words of ours, whose blanks hold the like again and again."""
    german, tried = Catalogue(sentences_in(FOLDER / "de")), []
    look = Template.spans
    monkeypatch.setattr(Template, "spans", lambda one, of: tried.append(0) or look(one, of))
    assert german.say(text)
    assert len(tried) < 50_000


def test_what_is_longer_than_any_sentence_of_ours_stays() -> None:
    assert GERMAN.say("Learning rate " * 200) == "Learning rate " * 200


@given(st.text())
def test_any_text_comes_through(text: str) -> None:
    none = Catalogue({"{} of {} tokens": "{1} Tokens, davon {0}"})
    if "tokens" not in text:
        assert none.say(text) == localised(text)
    assert none.say(text, 99) == text


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_a_number_has_its_comma_and_its_points(value: float, digits: int) -> None:
    written = f"{value:,.{digits}f}"
    there = localised(written)
    assert there == written.translate(str.maketrans(",.", ".,")) or not NUMBER.search(written)
    assert NUMBER.search(written) or value < 0 or ("." not in written and "," not in written)


ENDS = set("\n.!?:;,·|-–—<\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029«")  # of a sentence, of a part


@given(st.text(), st.text(alphabet="abc .1"))
def test_what_fills_a_blank_is_all_there(first: str, second: str) -> None:
    known = Catalogue({"Between {} and «{}» stands nothing": "Nichts steht zwischen {} und «{}»"})
    said = known.say(f"Between {first} and «{second}» stands nothing")
    if not set(first + second) & ENDS and " and " not in first + second:
        assert said == f"Nichts steht zwischen {first} und «{second}»"


def test_of_ways_to_say_it_that_know_as_much_the_first_word_decides_in_every_process() -> None:
    words = ["amber", "coral", "denim", "ebony", "hazel", "ivory", "lemon", "mauve", "olive"]
    known = Catalogue({f"{{}} {word} {{}}": f"{word.upper()} {{}}, {{}}" for word in words})
    said = known.say(f"7 {' '.join(words)} 8")
    assert said == f"AMBER 7, {' '.join(words[1:])} 8"


@pytest.mark.parametrize("first", [0, 1])
def test_what_is_said_does_not_depend_on_which_sentence_is_looked_at_first(first: int) -> None:
    """Of two that fit, the one with more words of its own says it."""
    two = [("{} of the {}", "{} von {}"), ("Map of the {}", "Karte der {}")]
    words = {"Map": "Karte", "tokens": "Tokens"}
    known = Catalogue(dict([two[first], two[1 - first]]) | words)
    assert known.say("Map of the tokens") == "Karte der Tokens"


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("after 0.02 to 0.025 s.", "nach 0,02 bis 0,025 s."),  # a unit, not the end of a plural
        ("after 2 to 3 runs", "nach 2 bis 3 Läufen"),
        ("Names, 2017, 9 families", "Namen, 2017, 9 Familien"),
        ("it fell from 3 to 2 nats", "es fiel von 3 auf 2 Nats"),
        ("Numbers, English to French", "Zahlen, Englisch nach Französisch"),
        ("**Numbers**", "**Zahlen**"),
        ("**Numbers, English to French**", "**Zahlen, Englisch nach Französisch**"),
        ("Better with every seed: Width 16 0.1 %", "Besser mit jeder Startzahl: Breite 16 0,1 %"),
        ("score -1.28", "Wertung -1,28"),
        (
            ":material/check: Numbers, width :gray[(width)]",
            ":material/check: Zahlen, Breite :gray[(Breite)]",
        ),
    ],
)
def test_names_units_and_headings_are_taken_for_what_they_are(english: str, german: str) -> None:
    known = Catalogue(
        {"after {}": "nach {}", "{} to {} {}": "{} bis {} {}", "{} to {} {}s": "{} bis {} {}en"}
        | {"run": "Läuf", "{}, {} families": "{}, {} Familien", "Names, 2017": "Namen, 2017"}
        | {"it {} {}": "es {} {}", "fell from {} to {}": "fiel von {} auf {}", "nats": "Nats"}
        | {
            "Numbers, English to French": "Zahlen, Englisch nach Französisch",
            "{}, {} to {}": "{}{}{}",
        }
        | {"Numbers": "Zahlen", "Width": "Breite", "English": "Englisch", "French": "Französisch"}
        | {"better with every seed": "besser mit jeder Startzahl"}
        | {"Score": "Bewerten", "score {}": "Wertung {}"}
    )
    assert known.say(english) == german


def test_what_is_quoted_is_no_word_that_is_not_known() -> None:
    known = Catalogue({"as “{}”": "als „{}“"})
    assert known.ours("as “Our unhappiest”") == "als „Our unhappiest“"
