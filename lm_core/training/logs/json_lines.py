"""`log.jsonl`: everything that was said, one JSON object a line.

    {"event": "Run", "name": ..., "spec": {...}, "after": 0, "lm_core": "0.1.0"}
    {"event": "Step", "step": 1, "tokens": 2048, ...}

A resumed run adds a line "Run" of its own, whose `after` says from which step it goes on; a step
that was done again stands there twice, and the later one counts. Numbers that JSON lacks are the
words NaN, Infinity and -Infinity (`json_files.py`).
"""

import json
import typing
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from lm_core import __version__
from lm_core.json_files import dumps, numbers
from lm_core.training import events
from lm_core.training.events import Event
from lm_core.training.logs.log import Log

NAME = "log.jsonl"
KINDS = {kind.__name__: kind for kind in typing.get_args(events.Event)}


def head(spec: dict[str, Any], **more: Any) -> str:
    """The line that comes before the events of a run."""
    return dumps({"event": "Run", **more, "spec": spec, "lm_core": __version__}) + "\n"


def line(event: Event) -> str:
    """One event as a line, with its end."""
    named = events.KEPT_AS.get(type(event), {})
    said = {named.get(name, name): value for name, value in vars(event).items()}
    return dumps({"event": type(event).__name__, **said}) + "\n"


def read_lines(text: str) -> tuple[list[dict[str, Any]], list[Event]]:
    """The heads of the runs in a `log.jsonl` and the events, in order; a line that was cut off
    when its process was killed is left out."""
    heads, found = [], []
    for one in text.splitlines():
        try:
            data = json.loads(one)
        except ValueError:
            continue
        kind = data.pop("event")
        if kind == "Run":
            heads.append(data)
        else:
            found.append(event_of(KINDS[kind], data))
    return heads, found


def event_of(kind: type, data: dict[str, Any]) -> Event:
    """The event from values as JSON (or SQLite) has them: texts stay texts, words become numbers,
    lists tuples, 0 and 1 truth values where they are meant."""
    values = {}
    fields = {kept: name for name, kept in events.KEPT_AS.get(kind, {}).items()}
    for kept, value in data.items():
        name = fields.get(kept, kept)
        hint = _hints(kind)[name]
        if name == "pieces":
            value = tuple((text, numbers(p)) for text, p in value)
        elif hint is bool:
            value = bool(value)
        elif hint is not str:
            value = numbers(value)
        values[name] = tuple(value) if isinstance(value, list) else value
    return kind(**values)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def write_lines(shown: Iterable[Event], spec: dict[str, Any], **more: Any) -> str:
    """A whole file of events that are there already."""
    return "".join([head(spec, **more), *map(line, shown)])


class JsonLines(Log):
    """Writes each event as it comes."""

    def __init__(self, folder: Path, spec: dict[str, Any], *, name: str, after: int) -> None:
        mode = "a" if after else "w"
        self.file = (folder / NAME).open(mode, buffering=1, encoding="utf-8", newline="")
        self.file.write(head(spec, name=name, after=after))

    def take(self, event: Event) -> None:
        self.file.write(line(event))

    def close(self) -> None:
        self.file.close()
