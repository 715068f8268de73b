"""Short things from strangers: addresses, lesson links, answers, names; and a teacher's file."""

import random
from functools import cache
from pathlib import Path

from lm_core.lessons.board import MOST_ANSWERS, MOST_LESSONS, Board, new_pupil
from lm_core.lessons.link import LessonLink, _packed
from lm_core.lessons.ready import lesson, lessons
from lm_core.runs import caps
from lm_core.runs.owners import is_old_owner, is_owner
from pages._ui.lesson.link import check
from pages._ui.shared import first_name
from pages._ui.shared.parameters import KINDS
from tests.fuzz import inputs
from tests.fuzz.registry import target


@cache
def ready_links() -> list[dict]:
    return [step.link.to_dict() for name in lessons.names() for step in lesson(name).steps]


@target(1200)
def lesson_links(rng: random.Random, folder: Path) -> None:
    """A step of a ready lesson with something changed, plain or packed, or packed wrongly."""
    said = inputs.dumped(rng, inputs.changed(rng, rng.choice(ready_links())))
    given = rng.choice([_packed(said), said.decode("utf-8", "replace")])
    if rng.random() < 0.2:
        odd = [inputs.text(rng), _packed(b"[" * 60_000), _packed(b" " * 10**6), given[:-3]]
        given = rng.choice([*odd, inputs.damaged(rng, given.encode()).decode("latin-1")])
    link = LessonLink.from_address(given)
    check(link)
    assert LessonLink.from_address(link.to_address()) == link


@target(1500)
def screen_addresses(rng: random.Random, folder: Path) -> None:
    """What a parameter says that it can be is bounded; see `tests/pages/shared/test_address.py`."""
    kind = KINDS[rng.choice(sorted(KINDS))]
    odd = [inputs.text(rng), str(inputs.value(rng, 1)), "[" * 5000, "9" * 5000]
    values = [rng.choice(odd) for _ in range(rng.choice([0, 1, 1, 1, 2, 100]))]
    if kind.reads(values):
        assert sum(map(len, values)) <= 50_000


@cache
def board(folder: Path) -> Board:
    return Board(folder / "board")


@target(500)
def answers(rng: random.Random, folder: Path) -> None:
    """A few of them in the usual form, else nothing would be kept."""
    lesson, question = (rng.choice(["a", "b", inputs.text(rng, 30)]) for _ in range(2))
    usual = ["an LSTM", 3, 0.5, [1.0, 2.0]]
    board(folder).answer(
        lesson,
        question,
        rng.choice([new_pupil(), new_pupil(), inputs.value(rng, 0)]),
        rng.choice([*usual, inputs.value(rng)]),
        moment=rng.choice(["", "before", "after", inputs.text(rng, 5)]),
        right=rng.choice([None, True, False]),
        distance=rng.choice([None, 0.5, inputs.value(rng, 0)]),
        why=inputs.text(rng, 600),
        options=[inputs.text(rng, 60) for _ in range(rng.randrange(3))],
    )
    kept = board(folder).lessons()
    assert len(kept) <= MOST_LESSONS
    for name in kept[:2]:
        assert len(board(folder).table(name)) <= MOST_ANSWERS + 1
        for asked in board(folder).questions(name):
            board(folder).tally(name, asked)


@target(300)
def visitors(rng: random.Random, folder: Path) -> None:
    """Cookies, and first names."""
    given = inputs.text(rng, 60)
    assert not (is_owner(given) and is_old_owner(given))
    first_name.give(given, inputs.text(rng, 200))
    assert len(first_name.of(given)) <= first_name.LONGEST


@target(300)
def limit_files(rng: random.Random, folder: Path) -> None:
    """`limits.json`: what cannot be read is told, and the usual holds."""
    whole = caps.Caps().to_dict()
    (caps.home_folder() / caps.FILE).write_bytes(inputs.dumped(rng, inputs.changed(rng, whole)))
    now = caps.caps()
    assert caps.Caps.from_dict(now.to_dict()) == now
    assert all(0 < len(sentence) < 1000 for sentence in caps.complaints())
