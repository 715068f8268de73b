"""Making a lesson: the screen as an address says it, what is held, words, a question."""

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import streamlit as st

from lm_core.errors import LabError
from lm_core.lessons.link import MOST_WORDS, PARAMETER, LessonLink
from lm_core.lessons.question import KINDS as ASKS
from lm_core.lessons.question import MOMENTS, WHY, Computed, Question
from lm_core.lessons.reading import BadLesson
from pages._ui.lesson.link import NOT_OF_A_LESSON, check, stands
from pages._ui.shared import held
from pages._ui.shared.parameters import KINDS, begins
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.lessons.answers import Entry

PAGE, OF = "pages/lesson_builder.py", "lesson_builder-of"
MARK = "lesson_builder-mark"  # in the session: of the address that the form began with
SHARED = {"text": "the text or list", "spec": "all of More settings"}
PRIVATE = ("run", "race", "doctor", "doctor-of", *NOT_OF_A_LESSON)  # a class cannot open them
GIVEN = "In words, below"


def offer(screen: str) -> None:
    """In the list of screens: a lesson made of this one, as its address stands."""
    with st.sidebar:
        pressed = st.button("Make a lesson of this", type="tertiary", key="lesson-make")
    if pressed:
        query = urlencode({n: v for n, v in stands().items() if n not in PRIVATE}, doseq=True)
        held.lay({})
        st.switch_page(PAGE, query_params={OF: f"/{screen}?{query}".rstrip("?")})


def read(address: str) -> LessonLink:
    """The lesson that an address of the lab holds, or would be with nothing added.

    Raises:
        LabError: it is none of a screen of this lab.
    """
    try:
        parts = urlsplit(address.strip())
        said = parse_qs(parts.query, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        raise BadLesson("This is no address of a screen: copy it again.") from None
    if links := said.get(PARAMETER):
        lesson = LessonLink.from_address(links[0])
    else:
        screen = parts.path.rstrip("/").rpartition("/")[2] or "home"
        kept = {n: tuple(v) for n, v in said.items() if n not in PRIVATE}
        lesson = LessonLink(screen, kept)
    check(lesson)
    return lesson


def names_of(lesson: LessonLink) -> list[str]:
    """What of its screen can be held, what the address says first."""
    own = [name for name in KINDS if name.startswith(begins(lesson.screen))]
    shared = ["spec"] if lesson.screen == "train" else []
    return list(dict.fromkeys([*lesson.state, *lesson.fixed, *shared, *own]))


def called(name: str, screen: str) -> str:
    """A parameter as a teacher reads it: "top k" for generate_text-top_k."""
    if name in SHARED:
        return SHARED[name]
    return name.removeprefix(begins(screen)).replace("-", " ").replace("_", " ")


def fill_in(base: LessonLink) -> LessonLink:
    """The form, which begins with what the address holds.

    Raises:
        LabError: what is filled in is no lesson yet.
    """
    # Another address begins the form anew.
    st.session_state[MARK] = hashlib.sha256(base.to_address().encode()).hexdigest()[:8]
    names = names_of(base)

    def shown(name: str) -> str:
        return called(name, base.screen)

    held_line = st.columns(2)
    locked = held_line[0].multiselect(
        "Locked: seen, and kept as it is",
        names,
        [n for n in base.locked if n in names],
        format_func=shown,
        key=_key("locked"),
    )
    hidden = held_line[1].multiselect(
        "Hidden: not seen, and kept as it is",
        names,
        [n for n in base.hidden if n in names],
        format_func=shown,
        key=_key("hidden"),
    )
    words = st.text_area(
        "Your words to the class",
        base.words,
        max_chars=MOST_WORDS,
        key=_key("words"),
        help="Plain text: a line is a paragraph.",
    )
    question = None
    if st.toggle("Ask a question", base.question is not None, key=_key("ask")):
        question = _question(base.question or Question("?", "open"))
    return LessonLink(
        base.screen, base.state, tuple(hidden), tuple(locked), words.strip(), question, base.lesson
    )


def _key(name: str) -> str:
    return f"lesson_builder-{name}-{st.session_state[MARK]}"


def _question(base: Question) -> Question:
    """Raises LabError: it is no question yet."""
    line = st.columns([3, 2])
    text = line[0].text_input(
        "The question",
        "" if base.text == "?" else base.text,
        max_chars=600,
        key=_key("text"),
    )
    kind = line[1].selectbox(
        "How it is answered",
        list(ASKS),
        list(ASKS).index(base.kind),
        format_func=ASKS.__getitem__,
        key=_key("kind"),
    )
    said: dict = {}
    if kind in ("choice", "open"):
        options = st.text_area(
            "Options, one a line" + ("" if kind == "choice" else " (empty: in words)"),
            "\n".join(base.options),
            max_chars=1600,
            key=_key("options"),
        )
        said["options"] = tuple(one.strip() for one in options.splitlines() if one.strip())
    if kind == "curve":
        places = st.columns(2)
        at = places[0].text_input(
            "Places", ", ".join(f"{one:g}" for one in base.at), key=_key("at")
        )
        said["at"] = _numbers(at, "Places")
        said["along"] = places[1].text_input(
            "Counted in", base.along, max_chars=40, key=_key("along")
        )
    if kind in ("number", "curve"):
        places = st.columns(2)
        said["unit"] = places[0].text_input("Unit", base.unit, max_chars=40, key=_key("unit"))
        said["tolerance"] = places[1].number_input(
            "Counts as right within (share of the answer)",
            0.0,
            10.0,
            float(base.tolerance),
            0.05,
            key=_key("tolerance"),
        )
    if kind != "open":
        said |= _answer(base, kind)
    line = st.columns(3, vertical_alignment="bottom")
    said["why"] = line[0].text_input(
        "Asked after it", base.why or WHY, max_chars=120, key=_key("why")
    )
    said["when"] = line[1].selectbox(
        "Asked",
        list(MOMENTS),
        MOMENTS.index(base.when),
        format_func=lambda one: one or "once",
        key=_key("when"),
        help="The same question before and after a lesson shows what changed.",
    )
    said["folded"] = line[2].toggle("The screen waits for it", base.folded, key=_key("folded"))
    return Question(text, kind, **said)


def _answer(base: Question, kind: str) -> dict:
    """In words, or by the lab.

    Raises:
        LabError: it cannot be read.
    """
    from lm_core.lessons.answers import ANSWERS
    from pages._ui.shared.settings import settings_widgets

    able: dict[str, Entry] = {n: one for n, one in ANSWERS.items() if kind in one.kinds}
    begun = base.computed.name if base.computed and base.computed.name in able else ""
    chosen = st.selectbox(
        "The answer",
        ["", *able],
        ["", *able].index(begun),
        format_func=lambda name: able[name].title if name else GIVEN,
        key=_key(f"answer-{kind}"),
        help="What the lab computes is computed anew whenever somebody asks.",
    )
    if chosen:
        usual = able[chosen].settings()
        if begun == chosen:
            usual = able[chosen].settings.from_dict(dict(base.computed.given))
        settings = settings_widgets(usual, key=_key(chosen))
        return {"computed": Computed(chosen, tuple(sorted(settings.to_dict().items())))}
    begin = ""
    if base.answer is not None and base.kind == kind:
        several = base.answer if isinstance(base.answer, tuple) else (base.answer,)
        begin = ", ".join(one if isinstance(one, str) else f"{one:g}" for one in several)
    given = st.text_input("The answer in words", begin, key=_key(f"given-{kind}")).strip()
    if not given:
        return {}
    if kind == "choice":
        return {"answer": given}
    numbers = _numbers(given, "The answer")
    if kind == "curve":
        return {"answer": numbers}
    if len(numbers) != 1:
        raise BadLesson("The answer is one number.")
    return {"answer": numbers[0]}


def _numbers(text: str, what: str) -> tuple[float, ...]:
    """Raises BadLesson."""
    try:
        return tuple(float(one) for one in text.replace(",", " ").split())
    except ValueError:
        raise BadLesson(f"{what}: write numbers with commas between them.") from None


def found(question: Question | None) -> None:
    """What the lab answers now, where it is asked."""
    if question is None or question.computed is None:
        return
    if st.button("What does the lab answer?", key=_key("compute")):
        from lm_core.lessons.answers import answer

        try:
            st.info(f"The lab answers: {plain(question.shown(answer(question)))}")
        except LabError as error:
            st.warning(plain(error))
