"""Two shapes are given: which shape comes out, or is it an error? Guessed first, then drawn."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch

if TYPE_CHECKING:
    from lm_core.charts.shape_rows import Cell
    from lm_core.foundations.shapes import Outcome

HOW, A, B, GUESS = "arrays-how", "arrays-a", "arrays-b", "arrays-guess"
GUESSED = "arrays-guessed"  # in the session: (operation, a, b) -> what was guessed; None: skipped
OPERATIONS = {"matmul": "a @ b", "add": "a + b", "multiply": "a * b"}
ERROR = "error"
# What is offered: operation, a, b. The first five products are the cases of the course.
EXERCISES = (
    ("matmul", "3", "3"),
    ("matmul", "3, 4", "4"),
    ("matmul", "10, 3, 4", "4"),
    ("matmul", "10, 3, 4", "10, 4, 5"),
    ("matmul", "10, 3, 4", "4, 5"),
    ("matmul", "3, 4", "3, 4"),
    ("matmul", "2, 1, 3, 4", "7, 4, 2"),
    ("add", "2, 2", "2, 2"),
    ("add", "2, 2", "2, 3"),
    ("add", "3, 1", "4"),
    ("multiply", "32, 8, 1, 16", "8, 10, 1"),
    ("multiply", "5, 3", "5"),
)


def show() -> None:
    """The part of the screen."""
    from lm_core.foundations import shapes

    st.write(
        "Element by element (`+`, `*`), two shapes are laid under each other **from the right**: "
        "sizes must be equal, or one of them 1 or missing, which is then repeated "
        "(*broadcasting*). A matrix product (`@`) multiplies along the last size of a and the last "
        "but one of b, and adds up: that size disappears; what stands before is broadcast."
    )
    st.latex(r"(\text{…}, m, k) \; @ \; (\text{…}, k, n) \to (\text{…}, m, n)")
    _offers()
    how = switch("What is done", OPERATIONS, key=HOW)
    left, right = st.columns(2)
    first = left.text_input("Shape of a", "10, 3, 4", max_chars=40, key=A, bind="query-params")
    second = right.text_input("Shape of b", "4, 5", max_chars=40, key=B, bind="query-params")
    a, b = shapes.read_shape(first), shapes.read_shape(second)
    found = shapes.outcome(how, a, b)
    asked = (how, a, b)
    guessed = st.session_state.setdefault(GUESSED, {})
    if asked not in guessed:
        _ask(asked)
        return
    _verdict(guessed[asked], found)
    show_chart(_picture(how, a, b, found), key="arrays-aligned")
    _explained(how, a, b, found)
    _score(guessed)
    show_source(shapes, "The code: the two rules")


def _offers() -> None:
    names = {i: f"{_exercise(*one)}" for i, one in enumerate(EXERCISES)}
    st.pills(
        "Exercises",
        list(names),
        format_func=lambda i: plain(names[i]),
        key="arrays-exercise",
        on_change=_take,
        help="The first five are the cases of the matrix product.",
    )


def _exercise(how: str, a: str, b: str) -> str:
    return f"({a}) {OPERATIONS[how][2]} ({b})"


def _take() -> None:
    at = st.session_state["arrays-exercise"]
    if at is not None:
        st.session_state[HOW], st.session_state[A], st.session_state[B] = EXERCISES[at]


def _ask(asked: tuple) -> None:
    """What is guessed, and three ways to say it."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.text_input(
            "The shape that comes out",
            key=GUESS,
            max_chars=40,
            width=260,
            help="Such as 10, 3, 5. A single number has the shape ().",
        )
        st.button("Check", type="primary", key="arrays-check", on_click=partial(_say, asked))
        say = partial(_say, asked, ERROR)
        st.button("It is an error", key="arrays-error", on_click=say)
        skip = partial(_say, asked, None)
        st.button("Show me", type="tertiary", key="arrays-skip", on_click=skip)


def _say(asked: tuple, guess: str | None = "") -> None:
    """Note a guess: that of the field where none is given."""
    typed = st.session_state.get(GUESS, "").strip()
    if guess == "" and not typed:
        return
    st.session_state[GUESSED][asked] = typed if guess == "" else guess
    st.session_state[GUESS] = ""


def right(guess: str, found: "Outcome") -> bool:
    """Whether it is what comes out."""
    from lm_core.errors import BadText
    from lm_core.foundations.shapes import read_shape

    if guess == ERROR:
        return found.shape is None
    try:
        return read_shape(guess) == found.shape
    except BadText:
        return False


def _verdict(guess: str | None, found: "Outcome") -> None:
    from lm_core.foundations.shapes import written

    answer = "an error" if found.shape is None else f"**{written(found.shape)}**"
    if guess is None:
        st.info(f"It gives {answer}.")
    elif right(guess, found):
        st.success(f"Right: it gives {answer}.")
    else:
        said = "an error" if guess == ERROR else plain(guess)
        st.warning(f"You said {said}. It gives {answer}.")


def rows(how: str, found: "Outcome") -> "list[tuple[str, list[Cell]]]":
    """The boxes of a, of b and of what comes out, of the same number in each row."""
    from lm_core.charts.shape_rows import Cell

    kinds = {"same": ("same", "same"), "a": ("repeated", "same"), "b": ("same", "repeated")}
    pairs = [(place, kinds.get(place.how, ("clash", "clash"))) for place in found.places]
    one = [Cell(place.a, of_a) for place, (of_a, _) in pairs]
    other = [Cell(place.b, of_b) for place, (_, of_b) in pairs]
    result = [Cell(place.result, "same") for place in found.places]
    if found.summed and found.kept:
        (k, also_k), (m, n) = found.summed, found.kept
        along = "summed" if k == also_k else "clash"
        one += [Cell(m, "same"), Cell(k, along)]
        other += [Cell(also_k, along), Cell(n, "same")]
        result += [Cell(m, "same"), Cell(n, "same")]
    if found.shape is None:
        result = [Cell(None, "clash")] * len(result)
    return [("a", one), ("b", other), (OPERATIONS[how], result)]


def _picture(how: str, a: tuple, b: tuple, found: "Outcome") -> object:
    from lm_core.charts.shape_rows import shape_rows
    from lm_core.foundations.shapes import written

    title = f"{written(a)} {OPERATIONS[how][2]} {written(b)}"
    return shape_rows(rows(how, found), title=title)


def _explained(how: str, a: tuple, b: tuple, found: "Outcome") -> None:
    """Each place in words, and what PyTorch itself says where it is an error."""
    from lm_core.foundations.shapes import torch_error

    lines = []
    if how == "matmul":
        lines.append(f"**The case:** {found.case}.")
    for place in found.places:
        one, other = (size or "nothing" for size in (place.a, place.b))
        if place.how == "clash":
            lines.append(f"{one} over {other}: neither is 1, so they do not fit.")
        elif place.how != "same":
            lines.append(f"{one} over {other}: what {place.how} has there is repeated.")
    if found.summed:
        k, also_k = found.summed
        if k == also_k:
            lines.append(f"Along {k} is multiplied and added: it is gone afterwards.")
        else:
            lines.append(f"a gives {k} numbers to be multiplied, b takes {also_k}.")
    st.markdown("  \n".join(lines))
    if said := torch_error(how, a, b):
        st.caption("What PyTorch says of it:")
        st.code(f"RuntimeError: {said}", language="text", wrap_lines=True)


def _score(guessed: dict) -> None:
    from lm_core.foundations.shapes import outcome

    tried = {asked: guess for asked, guess in guessed.items() if guess is not None}
    if tried:
        good = sum(right(guess, outcome(*asked)) for asked, guess in tried.items())
        st.caption(f"So far {good} of {len(tried)} guesses were right.")
