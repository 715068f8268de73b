"""Whatever a screen's address may say goes into a lesson link and out of it again."""

from urllib.parse import parse_qs, urlencode

from hypothesis import given, settings
from hypothesis import strategies as st

from lm_core.lessons.link import MOST, MOST_BYTES, LessonLink
from lm_core.lessons.reading import BadLesson
from pages._ui.lesson import builder
from pages._ui.lesson.link import check
from pages._ui.shared.address import SCREENS
from pages._ui.shared.kinds import Id, Json, Number, Switch, Text, Whole
from pages._ui.shared.parameters import KINDS, begins


def said(kind: object) -> st.SearchStrategy[list[str]]:
    """What a parameter of a kind may hold."""
    match kind:
        case Whole(low, high):
            return st.integers(low, high).map(lambda n: [str(n)])
        case Number(low, high):
            numbers = st.floats(low, high).map(str)
            return numbers.map(lambda n: [n]).filter(kind.reads)
        case Switch():
            return st.sampled_from([["true"], ["false"]])
        case Id():
            return st.from_regex("[A-Za-z0-9_-]{1,80}", fullmatch=True).map(lambda one: [one])
        case Json():
            return st.sampled_from([["{}"], ['{"seed":5}'], ['{"name": "é\\n"}']])
        case Text(most, times, least):
            signs = st.characters(codec="utf-8")
            one = st.text(signs, min_size=least, max_size=min(most, 60))
            return st.lists(one, min_size=1, max_size=min(times, 4))
    raise AssertionError(kind)


@st.composite
def lessons(draw: st.DrawFn) -> LessonLink:
    screen = draw(st.sampled_from(SCREENS))
    names = [n for n in KINDS if n.startswith(begins(screen)) and n not in builder.PRIVATE]
    names += ["text", "spec"]
    chosen = draw(st.lists(st.sampled_from(names), max_size=6, unique=True))
    state = {name: tuple(draw(said(KINDS[name]))) for name in chosen}
    held = draw(st.lists(st.sampled_from(names), max_size=4))
    return LessonLink(screen, state, locked=held, words=draw(st.text(max_size=9, alphabet="aé<\n")))


@settings(max_examples=60)
@given(lessons())
def test_every_state_there_and_back(lesson: LessonLink) -> None:
    check(lesson)
    assert LessonLink.from_address(lesson.to_address()) == lesson
    query = urlencode({"lesson": lesson.to_address()})
    assert builder.read(f"http://lab/{lesson.screen}?{query}") == lesson
    # And a plain address becomes a lesson that sets the same.
    query = urlencode({n: list(v) for n, v in lesson.state.items()}, doseq=True)
    assert builder.read(f"/{lesson.screen}?{query}").state == lesson.state
    assert {n: tuple(v) for n, v in parse_qs(query, keep_blank_values=True).items()} == lesson.state


@settings(max_examples=20)
@given(st.sampled_from(["generate_text-prompt", "memory-text"]), st.integers(0, 20_000))
def test_a_long_text_is_held_or_refused(name: str, size: int) -> None:
    text = "".join(chr(0x4E00 + 7919 * i % 20_000) for i in range(size))
    lesson = LessonLink("generate_text", {name: (text,)})
    try:
        link = lesson.to_address()
    except BadLesson:
        assert 2 * size > MOST / 2
        return
    assert len(link) <= MOST < MOST_BYTES
    assert LessonLink.from_address(link) == lesson


def test_no_two_names_are_called_alike() -> None:
    for screen in SCREENS:
        names = builder.names_of(LessonLink(screen, {"text": ("names",)}, locked=("spec",)))
        called = [builder.called(name, screen) for name in names]
        assert len(set(called)) == len(called), screen
