"""The bench of a class: what it makes of what it saw, and a small class on the real server."""

import math
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from lm_core.bench import LONG, classroom
from lm_core.bench.classroom import LENGTH, Lesson, Pupil, Size, growth, peak, spread
from lm_core.bench.turn_cost import turn_cost
from lm_core.cli import main
from lm_core.errors import BadSettings

NAMES = [
    "class_slice_cost",
    "class_first_point_median",
    "class_first_point_max",
    "class_all_done",
    "class_same_spec_max",
    "class_share_spread",
    "class_click_p95",
    "class_memory",
    "class_growth",
    "class_crossed",
]


def test_it_is_measured_when_asked_for_by_name() -> None:
    assert "class" in LONG


def test_a_point_that_never_came_counts_to_the_end_of_the_lesson() -> None:
    pupils = [Pupil(1, pressed=100.0, first=103.0), Pupil(2, pressed=105.0), Pupil(3)]
    lesson = Lesson(pupils, 60.0, ended=[130.0, 140.0])
    assert lesson.began == 100.0
    assert lesson.first_points == [3.0, 55.0]
    assert lesson.all_done == 40.0
    lesson.ended.append(None)
    assert lesson.all_done == 60.0


@pytest.mark.parametrize(
    ("trained", "found"),
    [
        ([[1.0, 3.0], [9.0, 11.0], [19.0, 21.0]], 10.0),  # at first nobody has trained for long
        ([[10.0, 10.0], [30.0, 50.0], [60.0, 60.0]], 25.0),  # at any time
        ([[2.0, 0.0], [4.0, 0.0]], 100.0),  # one after the other
        ([[0.0, 0.0]], None),
        ([], None),
    ],
)
def test_a_share_is_compared_with_the_mean(trained: list, found: float | None) -> None:
    assert spread(trained) == found


def test_memory_grows_after_it_has_settled() -> None:
    held = [(float(at), 10**9 + (at > 50) * 10**8 * (at // 10)) for at in range(100)]
    assert peak(held) == 1.9
    assert growth(held, 60.0) == pytest.approx(100 * (1.9 / 1.6 - 1))
    assert growth(held, 0.0) == pytest.approx(90.0)
    assert growth(held, 200.0) is None
    assert peak([]) is None


def test_a_message_with_the_run_or_the_seed_of_another_has_crossed(tmp_path: Path) -> None:
    pupils = [Pupil(730_000_001, run="abcDEF123456"), Pupil(730_000_002, run="zyxWVU654321")]
    own = [quote(f'{{"seed":{pupils[0].seed}}}&run={pupils[0].run}'), "", "x" * 100_000]
    for place, heard in enumerate((own, [*own, "run=zyxWVU654321"])):
        frames = [LENGTH.pack(len(one)) + one.encode() for one in heard]
        (tmp_path / str(place)).write_bytes(b"".join(frames))
    lesson = Lesson(pupils, 1.0)
    classroom._compare(lesson, tmp_path)
    assert (lesson.messages, lesson.crossed) == (7, 1)
    assert [len(one) for one in classroom.messages(tmp_path / "0")] == [len(one) for one in own]


@pytest.mark.parametrize("wrong", [{"visitors": 0}, {"watched": 0.5}, {"watched": math.nan}])
def test_a_class_that_is_none_is_refused(wrong: dict) -> None:
    with pytest.raises(BadSettings):
        Size(**wrong)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["bench", "ngram", "--visitors", "2"], "belong to bench class"),
        (["bench", "--minutes", "2"], "belong to bench class"),
        (["bench", "class", "--visitors", "0"], "1 to 500 visitors"),
        (["bench", "class", "--minutes", "nan"], "1 to 500 visitors"),
    ],
)
def test_options_of_a_class_are_for_a_class(
    argv: list[str], said: str, capsys: pytest.CaptureFixture
) -> None:
    assert main(argv) == 2
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_a_class_of_two_is_measured_on_the_real_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classroom, "EVEN_FROM", 0.0)
    short = partial(turn_cost, runs=2, steps=5, rounds=1)
    monkeypatch.setattr(classroom, "turn_cost", short)
    size = Size(visitors=2, within=0.5, every=1, short=2, long=20, watched=60, warm=10)
    rows = {row.name: row for row in classroom.bench_class(size)}
    assert list(rows) == [name for name in NAMES if name in rows]
    assert set(NAMES) - set(rows) <= {"class_memory", "class_growth", "class_share_spread"}
    unfinished = rows["class_all_done"].settings["unfinished"]
    assert unfinished in (0, 1, 2)  # however slow this machine is
    first = [rows[f"class_first_point_{which}"].value for which in ("median", "max")]
    assert 0 < first[0] <= first[1] <= size.watched
    assert rows["class_click_p95"].settings["clicks"] > 0
    assert rows["class_crossed"].value == 0
    assert "messages" in rows["class_crossed"].settings
