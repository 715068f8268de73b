"""Commands in processes of their own: one at a time, each once, stopped and told of."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lm_core.corpora import corpora
from lm_core.errors import LabError
from lm_core.runs import aside
from lm_core.runs.aside import Aside, Asides
from tests.waiting import PATIENCE, until

# In the place of `python -m lm_core`: says, fails, breaks or waits.
LAB = """
import sys

match sys.argv[1]:
    case "say": print("a line for people\\n" + '{"nats": "Infinity", "title": "x"}')
    case "refuse": sys.exit(print("Too short: give more text.", file=sys.stderr) or 2)
    case "break": raise ValueError("ours")
    case "wait": sys.stdin.read() or __import__("threading").Event().wait()
"""


@pytest.fixture
def asides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asides]:
    (tmp_path / "lm_core.py").write_text(LAB)
    monkeypatch.setattr(aside, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)  # where `python -m` looks first
    jobs = Asides()
    yield jobs
    for key in list(jobs._jobs):
        jobs.forget(key)


def ended(job: Aside) -> Aside:
    job.join(PATIENCE)
    assert not job.running
    return job


def test_an_answer_comes_back_with_its_numbers(asides: Asides) -> None:
    heard = []
    job = ended(asides.start("a", "say", done=heard.append))
    assert job.answer == {"nats": float("inf"), "title": "x"}
    assert heard == [job.answer]
    assert job.error == ""
    job.check()


def test_what_is_refused_is_its_sentence_and_what_breaks_is_raised(asides: Asides) -> None:
    job = ended(asides.start("a", "refuse"))
    assert (job.answer, job.error) == (None, "Too short: give more text.")
    job = ended(asides.start("b", "break"))
    with pytest.raises(RuntimeError, match="ValueError: ours"):
        job.check()

    def full(answer: dict) -> None:
        raise LabError("The disk is full.")

    job = ended(asides.start("c", "say", done=full))
    assert (job.answer, job.error) == (None, "The disk is full.")


def test_each_is_there_once_and_they_take_turns(asides: Asides) -> None:
    first = asides.start("a", "wait")
    until(lambda: first.seconds is not None)
    assert asides.start("a", "say") is first  # it goes on
    second = asides.start("b", "say")
    assert second.running
    assert second.seconds is None  # it waits
    first.stop()
    ended(first)
    assert (first.answer, first.error) == (None, "")
    assert ended(second).answer is not None
    again = ended(asides.start("a", "say"))
    assert again is not first
    assert asides.of("a") is again


def test_one_that_waits_can_be_stopped(asides: Asides) -> None:
    first, second = asides.start("a", "wait"), asides.start("b", "wait")
    until(lambda: first.seconds is not None)
    asides.forget("b")
    assert asides.of("b") is None
    asides.forget("a")
    assert ended(second).seconds is None
    ended(first)
    first.check()


def test_the_lab_itself_answers() -> None:
    job = Aside(("corpora",), threading.Lock())  # which needs no torch
    assert ended(job).error == ""
    job.check()
    assert [row["name"] for row in job.answer["corpora"]] == corpora.names()
