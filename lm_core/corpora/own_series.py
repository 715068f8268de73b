"""Your own series: a CSV with a column of times and one of values, made into a corpus.

series = series_of("time,kW\\n2011-01-01 00:00,2.5\\n ...", title="Mine")
save_own(series)
"""

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lm_core.corpora.corpus import Numbers
from lm_core.corpora.decoding import tidy
from lm_core.corpora.own import named, own_info
from lm_core.corpora.own_numbers import numbers_of
from lm_core.corpora.table import parse_rows
from lm_core.errors import BadText, nearest
from lm_core.series.mending import RULE, regular
from lm_core.tables.columns import empty, number

_LOOKED_AT = 200  # rows, to tell which column has the times
_MOSTLY = 0.9  # of the cells of a column of times, at least
_SLASHES = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[ T](.*))?", re.ASCII)


@dataclass(frozen=True)
class MeasuredTable:
    """A CSV that was read: its times, and the columns that can be forecast."""

    times: list[datetime]
    columns: dict[str, list[str]]  # name -> cells
    lines: list[int]  # of each row, counted without empty ones
    note: str


def read_measured(text: str) -> MeasuredTable:
    """The columns of a CSV that has a column of times.

    Raises:
        BadText: no such column, no other one, or as `parse_rows`.
    """
    given, _ = tidy(text)
    rows, _, note = parse_rows(given)
    if len(rows) < 2:
        raise BadText("This CSV has no rows under its headings: give one with times and values.")
    sample = rows[1 : 1 + _LOOKED_AT]
    found = [i for i in range(len(rows[0])) if _of_times([row[i] for row in sample])]
    if not found:
        raise BadText(
            "No column of this CSV holds times: write them as 2011-12-31 23:45 in a column of "
            "their own."
        )
    at = found[0]
    headed = _moment(rows[0][at], day_first=True) is None
    body = rows[1:] if headed else rows
    day_first = _day_first([row[at] for row in body])
    times = []
    for n, row in enumerate(body, start=1 + headed):
        moment = _moment(row[at], day_first=day_first)
        if moment is None:
            raise BadText(
                f"Row {n:,} has “{row[at].strip()[:40]}” where a time should stand: write it as "
                "2011-12-31 23:45, or delete the row."
            )
        times.append(moment)
    heads = rows[0] if headed else [""] * len(rows[0])
    names = [head.strip()[:60] or f"column {i}" for i, head in enumerate(heads, start=1)]
    columns = {names[i]: [row[i] for row in body] for i in range(len(names)) if i != at}
    columns = {
        k: cells for k, cells in columns.items() if any(number(c) is not None for c in cells)
    }
    if not columns:
        raise BadText("Beside its times this CSV has no column of numbers: give one to forecast.")
    return MeasuredTable(times, columns, list(range(1 + headed, 1 + headed + len(body))), note)


def series_of(
    text: str, *, title: str, column: str | None = None, unit: str = "", note: str = ""
) -> Numbers:
    """A corpus of one column of a CSV, mended as `lm_core.series.mending` says, split by time.

    Args:
        column: its name; None is the first that holds numbers.
        unit: of its values.
        note: what its owner is to be told of how the file was read.

    Raises:
        BadText: no such column, a cell that is no number, or as `read_measured` and `regular`.
    """
    table = read_measured(text)
    name = next(iter(table.columns)) if column is None else column
    if name not in table.columns:
        known = nearest(name, list(table.columns))
        raise BadText(f"This CSV has no column of numbers named {name!r}{known}")
    values: list[float | None] = []
    for line, cell in zip(table.lines, table.columns[name], strict=True):
        value = None if empty(cell) else number(cell)
        if value is None and not empty(cell):
            raise BadText(
                f"Row {line:,} has “{cell.strip()[:40]}” where a number should stand: write a "
                "number, or leave the cell empty and it is filled in."
            )
        values.append(value)
    series = regular(list(zip(table.times, values, strict=True)))
    info = own_info(title, "series", RULE)
    notes = " ".join(filter(None, (note, table.note, series.note)))
    given = {
        "begin": series.begin.isoformat(),
        "minutes": series.minutes,
        "unit": unit,
        "values": series.values,
    }
    return named(numbers_of(dataclasses.replace(info, note=notes), given))


def _of_times(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if not empty(cell)]
    read = sum(_moment(cell, day_first=True) is not None for cell in filled)
    return bool(filled) and read >= _MOSTLY * len(filled)


def _moment(cell: str, *, day_first: bool) -> datetime | None:
    """What a cell says as a time, without a zone: of one with it the time in Greenwich."""
    cell = cell.strip()
    found = _SLASHES.fullmatch(cell)
    if found:
        a, b, year, rest = found.groups()
        day, month = (a, b) if day_first or int(b) > 12 else (b, a)
        if int(month) > 12:
            day, month = month, day
        cell = f"{year}-{month:0>2}-{day:0>2}" + (f" {rest}" if rest else "")
    elif not re.match(r"\d{4}[-/]\d{2}[-/]\d{2}", cell):
        return None  # 20111231 would read as a date and may be a number
    try:
        moment = datetime.fromisoformat(cell.replace("/", "-"))
        zone = moment.tzinfo
        return moment if zone is None else moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):  # no time, or one before the year 1 in Greenwich
        return None


def _day_first(cells: Sequence[str]) -> bool:
    """Whether 3/4/2011 is the third of April: where a point parts the numbers, or some day of the
    column is above 12.

    Raises:
        BadText: it cannot be told.
    """
    parts = [found.groups() for cell in cells if (found := _SLASHES.fullmatch(cell.strip()))]
    if not parts or "." in next(cell for cell in cells if _SLASHES.fullmatch(cell.strip())):
        return True
    if any(int(a) > 12 for a, *_ in parts):
        return True
    if any(int(b) > 12 for _, b, *_ in parts):
        return False
    raise BadText(
        "In these times day and month cannot be told apart: write them as 2011-12-31 23:45."
    )
