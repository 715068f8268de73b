"""The words of a chart in the language: titles, what is said on hovering, and what stands along an
axis, in a legend or beside a mark. The data stay as they are: a chart answers with them.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lm_core.json_files import dumps
from pages._ui.shared.cells import Ours, known

# Of a plotly figure or an altair specification: what a key like these holds is words of ours.
DRAWN = {"title", "text", "name", "label", "description", "hovertemplate", "labelExpr"}
NOMINAL = ("nominal", "ordinal")
LABELLED = {"x": "axis", "y": "axis", "row": "header", "column": "header", "facet": "header"}
LEGENDS = ("color", "fill", "stroke", "strokeDash", "shape", "opacity", "size")
LABELLED |= dict.fromkeys(LEGENDS, "legend")
SAID = "{} (said)"  # a column beside another, in the language
# As German has it: 1.234.567,89.
SIGNS = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " €"]}
Say = Callable[..., str]


def figure(spec: str, say: Say, ours: Ours) -> str:
    """A plotly figure: titles, names, what is said on hovering; numbers in the language's way."""
    if not spec:
        return spec
    made = json.loads(spec)
    layout = made.setdefault("layout", {})
    layout["separators"] = ",."
    along: dict[str, list] = {}  # an axis -> what stands along it
    for trace in made.get("data", ()):
        for side in "xy":
            along.setdefault(trace.get(f"{side}axis", side), []).extend(_flat(trace.get(side)))
        if isinstance(trace.get("text"), list):
            trace["text"] = _put(trace["text"], known(_flat(trace["text"]), ours))
    # The lines of a legend, where each is ours: single words may else be somebody's.
    names = known((trace.get("name") for trace in made.get("data", ())), ours)
    for trace in made.get("data", ()):
        if trace.get("name") in names:
            trace["name"] = names[trace["name"]]
    for axis, values in along.items():
        if said := known(values, ours):
            layout.setdefault(f"{axis[0]}axis{axis[1:]}", {})["labelalias"] = said
    for name, axis in layout.items():
        if name[1:5] == "axis" and isinstance(axis.get("ticktext"), list):
            axis["ticktext"] = _put(axis["ticktext"], known(axis["ticktext"], ours))
    return dumps(words(made, say))


def specification(spec: str, say: Say, ours: Ours, columns: Mapping[str, list]) -> str:
    """A specification of Vega-Lite.

    Args:
        columns: the words that stand in its data.
    """
    if not spec:
        return spec
    made = words(json.loads(spec), say)
    made.setdefault("config", {})["locale"] = {"number": SIGNS}
    for view in _views(made):
        for channel, encoded in list(view["encoding"].items()):
            for one in encoded if isinstance(encoded, list) else [encoded]:
                if isinstance(one, dict) and one.get("type") in NOMINAL and "field" in one:
                    _label(view, channel, one, ours, columns)
    return dumps(made)


def words(value: Any, say: Say, key: str = "", of: str = "") -> Any:
    """Titles and words that are drawn; lists of what is drawn stay: tokens, names, numbers.

    Args:
        key: of the object that the value is in; of a list, its own.
        of: the key of that object.
    """
    match value:
        case dict():
            return {name: words(one, say, name, key) for name, one in value.items()}
        case list() if key != "title" and not any(isinstance(one, dict | list) for one in value):
            return value
        case list():
            return [words(one, say, key, of) for one in value]
        case str() if key in DRAWN:
            return say(value, 1 if "title" in (key, of) else 2)
    return value


def _label(view: dict, channel: str, one: dict, ours: Ours, columns: Mapping[str, list]) -> None:
    """What an encoding writes is said in the language where it is ours."""
    field = one["field"]
    scale = one.get("scale") or {}
    domain = scale.get("domain") if isinstance(scale.get("domain"), list) else []
    said = known([*domain, *columns.get(field, [])], ours)
    if not said:
        return
    if part := LABELLED.get(channel):
        guide = one.setdefault(part, {})
        if guide is not None:
            guide.setdefault("labelExpr", _chosen("datum.label", said))
    elif channel in ("text", "tooltip"):
        beside, source = SAID.format(field), f"datum[{dumps(field)}]"
        one.setdefault("title", field)
        one["field"] = beside
        told = {"calculate": _chosen(source, said), "as": beside}
        if told not in (steps := view.setdefault("transform", [])):
            steps.append(told)


def _chosen(value: str, said: Mapping[str, str]) -> str:
    """An expression of Vega: what is known in the language, all else as it is."""
    pairs = [f"{value} == {dumps(one)} ? {dumps(there)} : " for one, there in sorted(said.items())]
    return "".join(pairs) + value


def _views(spec: Any) -> Iterator[dict]:
    """Each part with an encoding of its own."""
    for value in spec.values() if isinstance(spec, dict) else spec:
        if isinstance(value, dict | list):
            yield from _views(value)
    if isinstance(spec, dict) and isinstance(spec.get("encoding"), dict):
        yield spec


def _flat(value: Any) -> list:
    """The words of a list, of its lists as well."""
    if not isinstance(value, list):
        return [value] if isinstance(value, str) else []
    return [one for inner in value for one in _flat(inner)]


def _put(value: Any, said: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_put(one, said) for one in value]
    return said.get(value, value) if isinstance(value, str) else value
