"""Which words of a column, of an axis or of a legend are ours, and what they are in the language.

A cell may be somebody's token, name or label. A phrase or a figure with its unit is ours where the
catalogue knows each word of it; a single word only where all of its column are known, and there are
several.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING, Any

from pages._ui.shared.catalogue import NUMBER, WORD, localised

if TYPE_CHECKING:
    import pyarrow

STATE = "State"  # a column whose words are ours, however few: of a run
MOST = 400  # different ones, beyond which a column is a list of somebody's
ROWS = 5_000  # of a table
LETTER = re.compile(r"[^\W\d_]")
# 197 k (24 %): a number with its unit, and the share that it is.
FIGURE = re.compile(r"[-−<>≈]? ?\d[\d.,]*(?: ?(?:[kMGT]|%|×))?(?: \(\d[\d.,]* %\))?")
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
    if all_known or all(one in found or _figure(one) for one in different):
        found |= {one: localised(one) for one in different - set(said)}
    return {one: there for one, there in found.items() if one != there}


def _figure(text: str) -> bool:
    """Whether it is a number, or a sign."""
    return bool(NUMBER.search(text) or FIGURE.fullmatch(text)) or not LETTER.search(text)


def phrase(text: str) -> bool:
    """Whether nobody else is likely to have written it: several words, or a word and a figure."""
    words = WORD.findall(text)
    return len(words) > 1 or (bool(words) and re.search(r"\d", text) is not None)


def table(data: bytes, ours: Ours, only: Collection[str] | None = None) -> bytes:
    """A table as Streamlit sends it, with the cells that are ours in the language.

    Args:
        only: columns in which they are looked for, of one that is filled in.
    """

    def said(words: list[str | None], column: str) -> dict[str, str]:
        if column == STATE:
            return {one: there for one in words if one and (there := ours(one))}
        return known(words, ours)

    return changed(data, said, only)


def changed(
    data: bytes,
    change: Callable[[list[str | None], str], Mapping[str, str]],
    only: Collection[str] | None = None,
) -> bytes:
    """A table with words of its columns as `change` has those that are other words there, told the
    words of a column and its name."""
    import pyarrow

    with pyarrow.ipc.open_stream(data) as stream:
        sent = stream.read_all()
    if sent.num_rows > ROWS:
        return data
    made = sent
    for place, field in enumerate(sent.schema):
        if not _words(field.type) or (only is not None and field.name not in only):
            continue
        if said := change(sent.column(place).unique().to_pylist(), field.name):
            cells = [said.get(one, one) for one in sent.column(place).to_pylist()]
            made = made.set_column(place, field, pyarrow.array(cells, field.type))
    if made is sent:
        return data
    sink = BytesIO()
    with pyarrow.ipc.new_stream(sink, sent.schema) as out:
        out.write_table(made)
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
