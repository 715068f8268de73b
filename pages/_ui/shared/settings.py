"""Widgets made from a settings class: whatever a field says of itself is on the screen."""

import dataclasses
from collections.abc import Collection
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.errors import BadSettings
from lm_core.settings import Settings, plain_type
from pages._ui.shared.told import beside

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def settings_widgets(
    defaults: Settings,
    *,
    key: str,
    columns: int = 3,
    only: Collection[str] | None = None,
    commanded: bool = True,
) -> Settings:
    """A widget for each field of `defaults`, or for `only` some, the rarely changed ones folded
    away; returns the settings chosen. `commanded`: the command line has them too, and its names are
    said.

    Raises:
        Told: two values that do not go together, which was told beside one of them.
    """
    fields = [f for f in dataclasses.fields(defaults) if only is None or f.name in only]
    if any(plain_type(f)[0] is str and not f.metadata["choices"] for f in fields):
        columns = 1  # text needs room
    often = [f for f in fields if not f.metadata["advanced"]]
    rarely = [f for f in fields if f.metadata["advanced"]]
    places: dict[str, DeltaGenerator] = {}
    values = _row_by_row(often, defaults, key, columns, places, commanded)
    if rarely:
        changed = any(getattr(defaults, f.name) != f.default for f in rarely)
        with st.expander("Rarely changed", expanded=changed):
            values |= _row_by_row(rarely, defaults, key, columns, places, commanded)
    try:
        return dataclasses.replace(defaults, **values)
    except BadSettings as error:
        beside(error, places, defaults.labels())
        raise


def _row_by_row(
    fields: list[dataclasses.Field],
    defaults: Settings,
    key: str,
    columns: int,
    places: "dict[str, DeltaGenerator]",
    commanded: bool,
) -> dict[str, object]:
    """Rows of widgets; on a telephone, where columns fall below each other, the order stays. Where
    each stands is added to `places`."""
    values: dict[str, object] = {}
    for first in range(0, len(fields), columns):
        for field, column in zip(fields[first:], st.columns(columns), strict=False):
            places[field.name] = column
            with column:
                value = getattr(defaults, field.name)
                values[field.name] = _widget(field, value, f"{key}-{field.name}", commanded)
    return values


def _widget(field: dataclasses.Field, value: object, key: str, commanded: bool) -> object:
    meta = field.metadata
    kind, _ = plain_type(field)
    label = f"{meta['title']} ({meta['unit']})" if meta["unit"] else meta["title"]
    help = f"{meta['help']} On the command line: {field.name}." if commanded else meta["help"]
    if meta["choices"]:
        return st.selectbox(
            label, meta["choices"], meta["choices"].index(value), help=help, key=key
        )
    if kind is bool:
        return st.checkbox(label, value, help=help, key=key)
    if kind in (int, float):
        span = {"min_value": kind(meta["low"]) if meta["low"] is not None else None}
        span["max_value"] = kind(meta["high"]) if meta["high"] is not None else None
        extra = {"format": "%g", "step": _step(value)} if kind is float else {"step": 1}
        return st.number_input(label, value=value, help=help, key=key, **span, **extra)
    return st.text_input(label, value, help=help, key=key)


def _step(value: float) -> float:
    """A tenth of the value's power of ten: 0.002 moves by 0.0001."""
    import math

    return 10.0 ** (math.floor(math.log10(abs(value))) - 1) if value else 0.01
