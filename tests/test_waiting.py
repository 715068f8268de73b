"""The suite means the same on a slow, a busy and a fast machine: how its tests may use time."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FILES = sorted(path for path in TESTS.rglob("*.py") if path.name != "waiting.py")
CLOCKS = {"perf_counter", "monotonic", "process_time", "perf_counter_ns", "monotonic_ns"}
WAITS = {"result", "wait", "join", "communicate", "acquire"}  # a number given to these is patience


def name_of(path: Path) -> str:
    return path.relative_to(TESTS).as_posix()


def offences(source: str) -> list[str]:
    """Clocks that are read, and patience that is a number of its own."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        given = [k.value for k in node.keywords if k.arg in ("timeout", "default_timeout")]
        given += node.args[:1] if name in WAITS else []
        if name in CLOCKS:
            found.append(f"line {node.lineno}: {name}")
        for value in given:
            number = value.value if isinstance(value, ast.Constant) else None
            if isinstance(number, int | float) and number > 0:
                found.append(f"line {node.lineno}: patience of {number}")
    return found


def test_no_test_judges_speed() -> None:
    """Events are waited for with `tests.waiting`; where a duration matters the clock is the test's.
    Speed is measured by `python -m lm_core bench`."""
    found = {name_of(path): offences(path.read_text(encoding="utf-8")) for path in FILES}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "began = time.perf_counter()",
        "future.result(30)",
        "expect(page).to_be_visible(timeout=5000)",
        "AppTest.from_file(APP, default_timeout=3)",
        "thread.join(2.5)",
    ],
)
def test_what_counts_as_judging_speed(source: str) -> None:
    assert len(offences(source)) == 1


def test_what_does_not() -> None:
    assert offences("time.time(); x.result(0); y.wait(PATIENCE); ', '.join(parts); f(3)") == []
