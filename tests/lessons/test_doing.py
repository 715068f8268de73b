"""Conditions are met by what was done, and by nothing else; what they take is checked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadSettings, UnknownName
from lm_core.lessons.doing import DOING, Ran, Seen, doing, met
from lm_core.lessons.link import LessonLink

HEAT, TEXT = "generate_text-temperature", "reading-text"
LINK = LessonLink("generate_text", {HEAT: ("0.8",)})


def seen(*runs: Ran, link: LessonLink = LINK, **state: str) -> Seen:
    return Seen(link, {name: (value,) for name, value in state.items()}, runs)


def test_a_parameter_has_moved() -> None:
    moved = doing("moved", name=HEAT)
    assert not met(moved, seen(**{HEAT: "0.8"}))
    assert met(moved, seen(**{HEAT: "0.9"}))
    assert met(moved, seen())  # to what is usual, which no address says
    assert not met(doing("moved", name=TEXT), seen(**{HEAT: "0.9"}))


@given(value=st.floats(0, 2), low=st.floats(0, 2), high=st.floats(0, 2))
def test_a_range(value: float, low: float, high: float) -> None:
    condition = doing("within", name=HEAT, low=low, high=high)
    said = repr(value)
    assert met(condition, seen(**{HEAT: said})) == (said != "0.8" and low <= value <= high)


@given(st.text(max_size=30))
def test_any_text_may_stand_in_an_address(said: str) -> None:
    assert not met(doing("within", name=TEXT, low=2, high=1), seen(**{TEXT: said}))
    words = doing("typed", name=TEXT, tokens=2)
    assert met(words, seen(**{TEXT: said})) == (len(said.split()) >= 2)
    letters = doing("typed", name=TEXT, tokens=2, unit="letters")
    assert met(letters, seen(**{TEXT: said})) == (len("".join(said.split())) >= 2)


def test_what_the_link_says_is_no_choice_of_ones_own() -> None:
    link = LessonLink("metrics", {"metrics-part": ("Perplexity",)})
    condition = doing("chosen", name="metrics-part", value="Perplexity")
    assert not met(condition, seen(link=link, **{"metrics-part": "Perplexity"}))
    other = doing("chosen", name="metrics-part", value="Classification")
    assert met(other, seen(link=link, **{"metrics-part": "Classification"}))


def test_runs() -> None:
    condition = doing("trained", text="names", model="mlp", steps=300, below=2.5)
    good = Ran("names", "mlp", "finished", step=300, nats=2.1)
    assert met(condition, seen(good))
    for change in (
        {"text": "speeches"},
        {"model": "lstm"},
        {"status": "running"},
        {"status": "failed"},
        {"step": 299},
        {"nats": None},
        {"nats": 2.5},
        {"kind": "doctor"},
    ):
        assert not met(condition, seen(Ran(**vars(good) | change))), change
    going = Ran("names", "mlp", "running", step=1)
    assert met(doing("trained", ended=False), seen(going))
    assert not met(doing("trained", times=2, ended=False), seen(going))
    race = [Ran("names", model, "finished", race="a") for model in ("rnn", "lstm")]
    assert met(doing("raced", families=2), seen(*race))
    assert not met(doing("raced", families=3), seen(*race, Ran("names", "gru", "finished")))
    assert not met(doing("raced"), seen(race[0], race[0]))


def test_a_question_that_is_skipped_counts_after_a_try() -> None:
    for name in ("answered", "compared"):
        condition = doing(name)
        assert not met(condition, Seen(LINK, {HEAT: ("0.8",)}, skipped=True))
        assert not met(condition, Seen(LINK, {}, skipped=True))
        assert met(condition, Seen(LINK, {HEAT: ("0.9",)}, skipped=True))
        assert met(condition, Seen(LINK, {}, (Ran("names", "mlp", "running"),), skipped=True))
        assert met(condition, Seen(LINK, {}, answered=True, compared=True))
    assert not met(doing("compared"), Seen(LINK, {}, answered=True))


def test_what_a_condition_takes_is_strict() -> None:
    with pytest.raises(UnknownName, match="trained"):
        doing("traind")
    for name, wrong in (
        ("moved", {}),
        ("moved", {"nam": HEAT}),
        ("typed", {"name": TEXT, "tokens": 0}),
        ("typed", {"name": TEXT, "unit": "lines"}),
        ("within", {"name": HEAT, "low": float("nan")}),
        ("answered", {"name": HEAT}),
    ):
        with pytest.raises((BadSettings, UnknownName)):
            doing(name, **wrong)
    assert all(entry.title for entry in DOING.values())
