"""Hourly temperatures of Seattle in 2010, from the package vega_datasets, which is not imported:
its file is a table of times and degrees Fahrenheit."""

import csv
from datetime import datetime
from pathlib import Path

from lm_core.corpora.corpus import CorpusInfo, Numbers, Progress, register
from lm_core.corpora.packages import PackageFile
from lm_core.series.mending import RULE, regular

FILE = PackageFile(
    "vega_datasets", ("_data", "seattle-temps.csv"), install="-r requirements-beyond.txt"
)

INFO = CorpusInfo(
    name="temperatures",
    title="Temperatures by the hour, Seattle",
    licence="Public domain (NOAA); the package vega_datasets is under the MIT licence.",
    may_be_passed_on=True,
    source="Package vega_datasets: hourly normals of NOAA (means over many years), made °C.",
    kind="series",
    how="extra",
    size="8,760 values, 0.2 MB",
    split_rule=RULE,
)


@register(
    INFO,
    idea="A temperature for each hour of a mean year: days that repeat, and seasons.",
    order=600,
    sources=lambda: [FILE],
)
def load_temperatures(progress: Progress | None = None) -> Numbers:
    """Raises CorpusUnavailable when vega_datasets is not installed."""
    from lm_core.corpora.series.parts import series_corpus

    return series_corpus(INFO, regular(parse(FILE.path())), unit="°C")


def parse(path: Path) -> list[tuple[datetime, float]]:
    """Times and °C as they stand in the file."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(datetime.strptime(r["date"], "%Y/%m/%d %H:%M"), celsius(r["temp"])) for r in rows]


def celsius(fahrenheit: str) -> float:
    return (float(fahrenheit) - 32) / 1.8
