"""Lesson links: whatever a screen shows goes there and back; whatever else is given, a sentence."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lm_core.errors import LabError
from lm_core.lessons.link import MOST, VERSION, LessonLink
from lm_core.lessons.question import Computed, Question
from lm_core.lessons.reading import BadLesson

NAMES = st.from_regex(r"[a-z0-9_][A-Za-z0-9_-]{0,20}", fullmatch=True).filter("lesson".__ne__)
WORDS = st.text(st.characters(codec="utf-8"), max_size=60)
STATES = st.dictionaries(NAMES, st.lists(WORDS, min_size=1, max_size=3).map(tuple), max_size=5)
QUESTIONS = st.none() | st.builds(
    Question,
    text=WORDS.filter(str.strip),
    kind=st.just("number"),
    computed=st.none()
    | st.builds(Computed, NAMES, st.just((("n", 2), ("prompt", "a"), ("yes", True)))),
    tolerance=st.floats(0, 10),
    unit=WORDS.map(lambda one: one[:40]),
    when=st.sampled_from(["", "before", "after"]),
)
LINKS = st.builds(
    LessonLink,
    st.from_regex("[a-z_]{1,20}", fullmatch=True),
    STATES,
    hidden=st.lists(NAMES, max_size=4),
    locked=st.lists(NAMES, max_size=4),
    words=WORDS,
    question=QUESTIONS,
    lesson=st.sampled_from(["", "letter-pairs", "letter-pairs/12"]),
)
FULL = LessonLink("train", {"train-model": ("lstm",)}, locked=("train-model",), words="Run it.")


@given(LINKS)
def test_there_and_back(link: LessonLink) -> None:
    said = link.to_address()
    assert len(said) <= MOST
    assert LessonLink.from_address(said) == link
    assert LessonLink.from_dict(json.loads(json.dumps(link.to_dict()))) == link


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda b: b.decode("latin-1")))
@example("x" * 10_000)
@example("[" * 5000)
@example("{" + '"a":{' * 900)
@example('{"version": 2, "screen": "train", "state": NaN}')
@example('{"version": 2, "screen": "train", "state": {"a": [' + "9" * 4400 + "]}}")
@example('{"version": true, "screen": "train"}')
@example('{"version": 2, "screen": "train", "locked": ["\\ud800"]}')
@example('{"version": 2, "screen": "train", "words": "\\ud800"}')
def test_anything_is_a_link_or_a_sentence(said: str) -> None:
    try:
        LessonLink.from_address(said)
    except LabError as error:
        sentence = str(error)
    else:
        sentence = "a link"
    assert sentence


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
KEYS = ["screen", "state", "hidden", "locked", "words", "question", "lesson"]


@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_any_json_is_a_link_or_a_sentence(said: dict) -> None:
    try:
        link = LessonLink.from_dict({"version": VERSION, "screen": "train", **said})
    except BadLesson:
        return
    assert LessonLink.from_address(link.to_address()) == link


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"version": 3}, "of another version than 2"),
        ({"version": 1}, "of another version than 2"),
        ({"lokced": []}, "has no 'lokced'; did you mean 'locked'?"),
        ({"screen": "../etc"}, "names no screen"),
        ({"state": {"lesson": ["x"]}}, "holds no other lesson link"),
        ({"state": {"a b": ["x"]}}, "A parameter cannot be called 'a b'"),
        ({"state": {"a": "x"}}, "The values of a must be a list"),
        ({"locked": ["<b>"]}, "A parameter cannot be called '<b>'"),
        ({"words": "x" * 2001}, "may have 2,000 characters, not 2,001"),
        ({"lesson": "../../x"}, "is named as"),
        ({"question": {"text": "?", "kind": "essay"}}, "A question cannot be 'essay'"),
    ],
)
def test_what_is_wrong_is_said(said: dict, sentence: str) -> None:
    with pytest.raises(BadLesson, match=sentence.replace("?", r"\?")):
        LessonLink.from_dict({"version": VERSION, "screen": "train"} | said)


def test_a_link_that_was_cut_off_or_holds_too_much() -> None:
    said = FULL.to_address()
    for end in range(len(said)):
        with pytest.raises(BadLesson):
            LessonLink.from_address(said[:end])
    with pytest.raises(BadLesson, match="10,000 characters, and one has 6,000 at most"):
        LessonLink.from_address("x" * 10_000)
    varied = "".join(chr(0x4E00 + 7919 * i % 20_000) for i in range(5000))
    with pytest.raises(BadLesson, match="shorten its words"):
        LessonLink("generate_text", {"generate_text-prompt": (varied,)}).to_address()


def test_what_unpacks_to_more_than_a_lesson_is_refused() -> None:
    from lm_core.lessons.link import _packed

    with pytest.raises(BadLesson, match="damaged"):
        LessonLink.from_address(_packed(b" " * 4_000_000 + b"{}"))


def test_a_link_is_short_enough_for_a_code() -> None:
    """A lesson with words and a question: a QR code takes 2,953 characters."""
    question = Question("Which token comes next?", "choice", ("a", "e", "i"), answer="a")
    link = LessonLink(
        "generate_text",
        {"generate_text-prompt": ("My fellow Americans, the state of the",)},
        locked=("generate_text-prompt",),
        words="Read the prompt, and say what comes next before you press Write. " * 3,
        question=question,
    )
    assert len(link.to_address()) < 500
    assert link.fixed == ("generate_text-prompt",)


def test_what_a_board_calls_it() -> None:
    assert LessonLink("train", lesson="letter-pairs/2").name == "letter-pairs"
    one, other = LessonLink("train", words="a"), LessonLink("train", words="b")
    assert one.name != other.name
    assert one.name == LessonLink.from_address(one.to_address()).name
    assert one.name.startswith("train-")
