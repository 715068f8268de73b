"""Charts that a page draws anew twice a second: the specification is made once, the data are new.

    base = Base(alt.layer(...))         # once: altair checks every word of it, and copies it
    figure = base.of(data)              # at each redraw

Altair itself would do both at each redraw, which takes a tenth of a second of a processor that a
training on the same machine could use.
"""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import altair as alt
import pandas as pd


class Base:
    """A chart without its data."""

    def __init__(self, chart: "alt.Chart | alt.LayerChart") -> None:
        self.chart = chart

    def of(self, data: pd.DataFrame) -> "Live":
        """The chart of these data."""
        return Live(self, data)

    @cached_property
    def specification(self) -> str:
        """Vega-Lite as JSON, without data."""
        chart = self.chart.copy(deep=False)
        chart.data = pd.DataFrame({"x": [0]})  # of any: it names where the data will be
        spec = chart.to_dict()
        del spec["data"], spec["datasets"]
        for size in ("continuousWidth", "continuousHeight"):  # of altair's own theme
            spec.get("config", {}).get("view", {}).pop(size, None)
        return json.dumps(spec, allow_nan=False)


@dataclass(frozen=True)
class Live:
    """What a chart function returns as its figure. `specification()` and `data` are for a page that
    changes it in place; anywhere else it is the altair chart."""

    base: Base = field(repr=False)
    data: pd.DataFrame = field(repr=False)

    def specification(self) -> dict[str, Any]:
        """Vega-Lite, without data; a copy of one's own."""
        return json.loads(self.base.specification)

    def altair(self) -> "alt.Chart | alt.LayerChart":
        """The chart with its data."""
        chart = self.base.chart.copy(deep=False)
        chart.data = self.data
        return chart

    def to_dict(self) -> dict[str, Any]:
        """Vega-Lite with the data, as altair writes it."""
        return self.altair().to_dict()

    def _repr_mimebundle_(self, *args: Any, **more: Any) -> Any:
        """A notebook shows the chart."""
        return self.altair()._repr_mimebundle_(*args, **more)
