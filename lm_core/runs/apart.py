"""What sets runs apart that are called alike: a number, when they were started, and of their
settings those alone that differ."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from lm_core.figures import MONTHS
from lm_core.models import models
from lm_core.runs.spec import CorpusSpec, StartSpec
from lm_core.runs.store import Run
from lm_core.tasks import tasks
from lm_core.tokenizers import tokenizers
from lm_core.training import Budget, TrainSettings
from lm_core.visible import readable

# Said by a run's title, most often.
SAID = {"model.name": "Model", "data.name": "Text", "task.name": "Task"}


def settings_that_differ(specs: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Of each spec only the settings in which not all agree, as flat dotted names. What one family
    has and another has not is no difference: their names say that."""
    flat = [dict(_flatten(spec)) for spec in specs]
    names = {name for one in flat for name in one} - {"data.text", "version"}
    differing = []
    for name in sorted(names):
        having = [
            one for one in flat if name in one or not name.startswith(("model.", "codec.", "task."))
        ]
        if len({str(one.get(name)) for one in having}) > 1:
            differing.append(name)
    return [{n: str(one.get(n, "")) for n in differing} for one in flat]


def setting_titles(specs: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Dotted names of settings -> what the widgets call them, no two alike."""
    parts = [
        ("data", CorpusSpec),
        ("start", StartSpec),
        ("train", TrainSettings),
        ("budget", Budget),
    ]
    parts += [("model", models[spec["model"]["name"]].settings) for spec in specs]
    parts += [("codec", tokenizers[spec["codec"]["name"]].settings) for spec in specs]
    parts += [("task", tasks[spec["task"]["name"]].settings) for spec in specs if "task" in spec]
    titles = {"seed": "Seed", "codec.name": "Tokenizer", "fault": "Fault", **SAID}
    for part, settings in parts:
        for field in fields(settings):
            name, title = f"{part}.{field.name}", field.metadata["title"]
            if name not in titles:
                titles[name] = title if title not in titles.values() else f"{title} ({part})"
    return titles


def differences(specs: Sequence[dict[str, Any]]) -> list[str]:
    """The settings in which not all agree as words, one text a spec: "learning rate 0.01, seed 2";
    "" where all agree."""
    titles = setting_titles(specs)
    return [
        readable(", ".join(f"{titles.get(k, k).lower()} {v or '-'}" for k, v in one.items()))
        for one in settings_that_differ(specs)
    ]


def called_apart(runs: Sequence[Run], titles: Sequence[str]) -> list[str]:
    """The titles, and where several runs share one also their numbers and the settings that differ
    among them."""
    called = list(titles)
    for title in (title for title, times in Counter(titles).items() if times > 1):
        alike = [i for i, one in enumerate(titles) if one == title]
        said = differences([runs[i].spec for i in alike])
        for i, settings in zip(alike, said, strict=True):
            name = f"{title}, run {runs[i].number}"
            called[i] = f"{name}: {settings}" if settings else name
    return called


def unlike_before(run: Run, others: Sequence[Run]) -> str:
    """In what the run differs from the last one before it of the same title: "unlike run 6:
    learning rate 0.01", "with the settings of run 6"; "" where there is none.

    Args:
        others: runs of the same owner and kind, in any order.
    """
    alike = [one for one in others if one.title == run.title and one.number < run.number]
    if not alike:
        return ""
    before = max(alike, key=lambda one: one.number)
    settings, _ = differences([run.spec, before.spec])
    return (
        f"unlike run {before.number}: {settings}"
        if settings
        else f"with the settings of run {before.number}"
    )


def when(moment: float, zone: tzinfo, *, now: float | None = None) -> str:
    """A moment as people say it, on the minute: "today, 14:05", "yesterday, 9:12", "3 March,
    14:05".

    Args:
        moment: seconds since 1970.
        zone: where the one who reads it is.
    """
    then = datetime.fromtimestamp(moment, zone)
    today = datetime.fromtimestamp(time.time() if now is None else now, zone).date()
    return f"{_day(then.date(), today)}, {then.hour}:{then.minute:02}"


def _day(day: date, today: date) -> str:
    if day == today:
        return "today"
    if day == today - timedelta(days=1):
        return "yesterday"
    year = f" {day.year}" if day.year != today.year else ""
    return f"{day.day} {MONTHS[day.month - 1]}{year}"


def _flatten(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for key, value in tree.items():
        if isinstance(value, dict):
            pairs += _flatten(value, f"{prefix}{key}.")
        else:
            pairs.append((f"{prefix}{key}", value))
    return pairs
