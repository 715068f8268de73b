"""The words of a chart in the language: titles, what is said on hovering, and what stands along an
axis, in a legend or beside a mark. The data stay as they are: a chart answers with them.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lm_core.json_files import dumps
from pages._ui.shared.catalogue import WORD, localised
from pages._ui.shared.cells import MOST, Ours, known

# Of a plotly figure or an altair specification: what a key like these holds is words of ours.
DRAWN = {"title", "text", "name", "label", "description", "hovertemplate", "hovertext", "labelExpr"}
HOVERS = ("hovertext", "customdata")  # lists of what is said on hovering
NOMINAL = ("nominal", "ordinal")
LABELLED = {"x": "axis", "y": "axis", "row": "header", "column": "header", "facet": "header"}
LEGENDS = ("color", "fill", "stroke", "strokeDash", "shape", "opacity", "size")
LABELLED |= dict.fromkeys(LEGENDS, "legend")
NOTED = re.compile(r"(?<=<br>)[\d.,]+\Z")  # a note's number, below somebody's token
SAID = "{} (said)"  # a column beside another, in the language
# As German has it: 1.234.567,89.
SIGNS = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " €"]}
DAY = re.compile(r"\d{4}-\d\d-\d\d(?![\d-])")
DAYS = {"tickformat": "%d.%m.%Y", "hoverformat": "%d.%m.%Y, %H:%M"}
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
        for told in HOVERS:
            if isinstance(trace.get(told), list):
                trace[told] = _put(trace[told], _told(_flat(trace[told]), say, ours))
    notes = [one for one in layout.get("annotations", ()) if isinstance(one.get("text"), str)]
    said = known((one["text"] for one in notes), ours)
    for one in notes:
        told = said.get(one["text"], one["text"])
        one["text"] = NOTED.sub(lambda found: localised(found[0]), told)
    # The lines of a legend, where each is ours: single words may else be somebody's.
    names = known((trace.get("name") for trace in made.get("data", ())), ours)
    for trace in made.get("data", ()):
        if trace.get("name") in names:
            trace["name"] = names[trace["name"]]
    for axis, values in along.items():
        name = f"{axis[0]}axis{axis[1:]}"
        if said := known(values, ours):
            layout.setdefault(name, {})["labelalias"] = said
        if values and all(map(DAY.match, values)):
            layout[name] = DAYS | layout.get(name, {})
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
                if channel == "tooltip" and isinstance(one, dict) and "field" in one:
                    _titled(one, ours)
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


def _titled(one: dict, ours: Ours) -> None:
    """What a tooltip calls a column by its name, it calls by it in the language."""
    if "title" not in one and (said := ours(one["field"])):
        one["title"] = said


def _label(view: dict, channel: str, one: dict, ours: Ours, columns: Mapping[str, list]) -> None:
    """What an encoding writes is said in the language where it is ours."""
    field = one["field"]
    scale = one.get("scale") or {}
    domain = scale.get("domain") if isinstance(scale.get("domain"), list) else []
    # What a legend lists are names, also where others stand beside them in the data.
    said = known(domain, ours) | known([*domain, *columns.get(field, [])], ours)
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


def _told(values: list[str], say: Say, ours: Ours) -> dict[str, str]:
    """Sentences that are said on hovering, in the language: those that quote somebody's words too,
    as long as they are told from such words by a figure or by their length."""
    found = known(values, ours)
    others = {one for one in values if WORD.search(one)} - set(found)
    if len(others) > MOST:
        return found
    return found | {one: say(one, 2 if re.search(r"\d", one) else 3) for one in others}


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
