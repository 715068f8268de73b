"""What runs are called, so that two of one name are told apart: by number, by when each was
started, by what differs in their settings."""

from contextlib import suppress
from datetime import UTC, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from lm_core.visible import readable
from pages._ui.shared import session

if TYPE_CHECKING:
    from lm_core.runs.store import Run

LONGEST = 90  # characters of a label


def mine() -> "list[Run]":
    """The visitor's runs that train, newest first; a doctor's jobs and their parts, and the runs of
    races, are on their own screens."""
    runs = session.manager().store.runs_of(session.visitor())
    return [run for run in runs if run.kind == "train" and not run.race]


def labels(runs: "list[Run]") -> list[str]:
    """What to call each run beside the others: its title without what all titles end with, and
    where several share one, its number and the settings that set it apart; no two alike."""
    from lm_core.charts.words import numbered_apart, shorten
    from lm_core.runs.apart import called_apart

    called = [readable(run.title) for run in runs]
    ends = {title.partition(", ")[2] for title in called}
    if len(ends) == 1:  # the same text, most often
        called = [title.partition(", ")[0] for title in called]
    return numbered_apart([shorten(label, LONGEST) for label in called_apart(runs, called)])


def about(run: "Run") -> str:
    """Which run this is: its name, when it was started, how it differs from the one before it."""
    from lm_core.runs.apart import unlike_before

    unlike = unlike_before(run, mine()) if run.number else ""
    if unlike:
        return f"{name_of(run)}. Started {started(run)} ({unlike})."
    return f"{name_of(run)}. Started {started(run)}."


def name_of(run: "Run") -> str:
    """A run by its number and its title; a part of an examination has no number."""
    title = readable(run.title)
    return f"Run {run.number}, {title}" if run.number else title


def started(run: "Run") -> str:
    """When the run was asked for, by the visitor's clock."""
    return by_clock(run.created)


def by_clock(moment: float) -> str:
    """A moment, in seconds since 1970, by the visitor's clock."""
    from lm_core.runs.apart import when

    return when(moment, _zone())


def _zone() -> tzinfo:
    """Where the visitor's clock is; what the browser says of it may be anything."""
    with suppress(TypeError, ValueError, OSError, ZoneInfoNotFoundError):
        return ZoneInfo(st.context.timezone)
    with suppress(TypeError, ValueError, OverflowError):
        return timezone(-timedelta(minutes=st.context.timezone_offset))
    return UTC
