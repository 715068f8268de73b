"""Which words of a column, of an axis or of a legend are ours, and what they are in the language.

A cell may be somebody's token, name or label. A phrase or a figure with its unit is ours where the
catalogue knows each word of it; a single word only where all of its column are known, and there are
several.
"""

import re
from collections.abc import Callable, Iterable
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING, Any

from pages._ui.shared.catalogue import NUMBER, WORD, localised

if TYPE_CHECKING:
    import pyarrow

MOST = 400  # different ones, beyond which a column is a list of somebody's
ROWS = 5_000  # of a table
PLACES = re.compile(r"%\.(\d)f")
Ours = Callable[[str], str | None]


def known(values: Iterable[Any], ours: Ours) -> dict[str, str]:
    """Those of a column that are another word in the language, with that."""
    different = {one for one in values if isinstance(one, str) and one.strip()}
    if len(different) > MOST:
        return {}
    said = {one: ours(one) for one in different if WORD.search(one)}
    all_known = len(said) > 1 and None not in said.values()
    found = {one: there for one, there in said.items() if there and (all_known or phrase(one))}
    if all_known or all(NUMBER.search(one) for one in different):
        found |= {one: localised(one) for one in different - set(said)}
    return {one: there for one, there in found.items() if one != there}


def phrase(text: str) -> bool:
    """Whether nobody else is likely to have written it: several words, or a word and a figure."""
    words = WORD.findall(text)
    return len(words) > 1 or (bool(words) and re.search(r"\d", text) is not None)


def table(data: bytes, ours: Ours) -> bytes:
    """A table as Streamlit sends it, with the cells that are ours in the language."""
    import pyarrow

    with pyarrow.ipc.open_stream(data) as stream:
        sent = stream.read_all()
    if sent.num_rows > ROWS:
        return data
    changed = sent
    for place, field in enumerate(sent.schema):
        if _words(field.type) and (said := known(sent.column(place).unique().to_pylist(), ours)):
            cells = [said.get(one, one) for one in sent.column(place).to_pylist()]
            changed = changed.set_column(place, field, pyarrow.array(cells, field.type))
    if changed is sent:
        return data
    sink = BytesIO()
    with pyarrow.ipc.new_stream(sink, sent.schema) as out:
        out.write_table(changed)
    return sink.getvalue()


def decimals(configured: dict, data: bytes) -> None:
    """Let the browser write broken numbers in the language's way, with the places that they are
    written with: it does so where it is told how fine a step is."""
    import pyarrow

    with pyarrow.ipc.open_stream(data) as stream:
        sent = stream.read_all()
    for place, field in enumerate(sent.schema):
        one = configured.get(field.name, {})
        if one is None or not pyarrow.types.is_floating(field.type) or sent.num_rows > ROWS:
            continue
        kind = one.get("type_config") or {"type": "number"}
        form = PLACES.fullmatch(kind.get("format") or "")
        if kind.get("type") != "number" or (kind.get("format") and not form):
            continue
        places = int(form[1]) if form else _places(sent.column(place).to_pylist())
        if places is not None:
            kind |= {"format": "localized", "step": 10.0**-places}
            configured[field.name] = one | {"type_config": kind}


def _places(values: list[float | None]) -> int | None:
    """Behind the point, of at most four; None where one is too small for that."""
    broken = [one for one in values if one is not None and isfinite(one)]
    if any(0 < abs(one) < 1e-4 for one in broken):
        return None
    fits = (n for n in range(4) if all(round(one, n) == round(one, 4) for one in broken))
    return next(fits, 4)


def columns_of(data: bytes) -> dict[str, list[str]]:
    """The words that stand in the columns of a table."""
    import pyarrow

    with pyarrow.ipc.open_stream(data) as stream:
        sent = stream.read_all()
    return {
        field.name: sent.column(place).unique().to_pylist()
        for place, field in enumerate(sent.schema)
        if _words(field.type)
    }


def _words(kind: "pyarrow.DataType") -> bool:
    import pyarrow

    return pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind)
