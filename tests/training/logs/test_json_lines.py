"""Everything that was said, in strict JSON, and back as the same events."""

import json
import typing

import lm_core
from lm_core.training import events
from lm_core.training.logs.json_lines import read_lines
from tests.training.logs.shown import EVENTS, SPEC


def refused(word: str) -> None:
    raise AssertionError(f"{word} is not JSON")


def test_the_shown_run_says_everything_that_can_be_said() -> None:
    assert {type(event) for event in EVENTS} == set(typing.get_args(events.Event))


def test_every_event_comes_back(logged) -> None:
    text = (logged("json") / "log.jsonl").read_text()
    for line in text.splitlines():
        json.loads(line, parse_constant=refused)
    heads, found = read_lines(text)
    assert heads == [{"name": "a run", "after": 0, "spec": SPEC, "lm_core": lm_core.__version__}]
    assert repr(found) == repr(list(EVENTS))  # repr, because not-a-number equals nothing


def test_a_resumed_run_adds_a_head_and_a_new_one_begins_anew(logged) -> None:
    logged("json", events=EVENTS[:3])
    text = (logged("json", events=EVENTS[11:], after=2) / "log.jsonl").read_text()
    heads, found = read_lines(text)
    assert [head["after"] for head in heads] == [0, 2]
    assert len(found) == 3 + len(EVENTS) - 11
    heads, found = read_lines((logged("json") / "log.jsonl").read_text())
    assert (len(heads), len(found)) == (1, len(EVENTS))


def test_a_line_cut_off_by_a_kill_is_left_out(logged) -> None:
    text = (logged("json", events=EVENTS[:2]) / "log.jsonl").read_text()
    heads, found = read_lines(text[:-9])
    assert heads
    assert found == [EVENTS[0]]
