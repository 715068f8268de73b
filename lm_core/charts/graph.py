"""A computed number as a graph: a box for each number, lines to what it was made of.

What everything is made of stands at the top and the result at the bottom, so that a narrow page
shows all of it. The gradient travels upwards; where it stands is told by a sign and a border as
well as by a colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, GREY, VERMILLION, style_figure

TITLE = "The graph"
ROW, AROUND = 84, 60  # pixels: of a row of boxes, of what is around all of them
SWEEPS = 6  # over the rows, to bring each box near to what it belongs to
# Boxes side by side from which their words are so small (pixels) and their numbers so short.
_CROWDED = ((6.0, 9, 3), (3.5, 10, 3), (0.0, 12, 4))
STATES = {"waiting": "", "part": "…", "ready": "", "now": "▲", "done": "✓"}


@dataclass(frozen=True)
class Box:
    """A number.

    `state`: its gradient is not known (waiting), known in part, complete (ready), just handed on
    (now), or handed on earlier (done).
    """

    name: str
    op: str  # what made it, in a sign or a word; "" for what was given
    value: float
    grad: float | None  # so far; None where nothing is known
    state: str = "ready"


@dataclass(frozen=True)
class Edge:
    """From a number to what was made of it, by their places, with the slope of this step alone."""

    parent: int
    child: int
    slope: float


def value_graph(boxes: Sequence[Box], edges: Sequence[Edge], *, dark: bool = False) -> Chart:
    """Boxes and lines; slopes stand on the lines of the number that just handed its gradient on.

    Args:
        boxes: parents first, the result last.
        dark: the page is dark.
    """
    where = layout(len(boxes), [(edge.parent, edge.child) for edge in edges])
    figure = go.Figure()
    _lines(figure, boxes, edges, where)
    across = max(abs(x) for x, _ in where) if where else 0.0
    rows = 1 + max((y for _, y in where), default=0)
    style_figure(figure, title=TITLE, height=AROUND + ROW * rows)
    bare = {"showgrid": False, "showticklabels": False, "ticks": "", "fixedrange": True}
    figure.update_xaxes(**bare, range=[-across - 0.75, across + 0.75])
    figure.update_yaxes(**bare, range=[rows - 0.6, -0.5])
    size, digits = next(rest for most, *rest in _CROWDED if 2 * across + 1 >= most)
    notes = _boxes(boxes, where, dark, size, digits)
    notes += _slopes(boxes, edges, where, dark)
    figure.update_layout(
        showlegend=False, annotations=notes, margin={"l": 4, "r": 4, "b": 4}, hovermode="closest"
    )
    return Chart(TITLE, figure, _alt(boxes), _table(boxes, edges))


def layout(n: int, edges: Sequence[tuple[int, int]]) -> list[tuple[float, int]]:
    """Where each of `n` numbers stands: (x, row), x around 0 with at least 1 between neighbours.

    A row below all that it is made of; what was given stands right above where it is first used.
    Lines that pass a row keep a place free in it.
    """
    row = _rows(n, edges)
    rows: list[list[int]] = [[] for _ in range(1 + max(row, default=0))]
    for node in range(n):
        rows[row[node]].append(node)
    joined: list[tuple[int, int]] = []  # from one row to the next
    free = n
    for u, v in dict.fromkeys(edges):
        above = u
        for between in range(row[u] + 1, row[v]):
            rows[between].append(free)
            joined.append((above, free))
            above, free = free, free + 1
        joined.append((above, v))
    near: dict[int, list[int]] = {node: [] for node in range(free)}
    for u, v in joined:
        near[u].append(v)
        near[v].append(u)
    x = {node: i - (len(line) - 1) / 2 for line in rows for i, node in enumerate(line)}
    for sweep in range(SWEEPS):
        for line in rows if sweep % 2 else rows[::-1]:
            _settle(line, x, near)
    middle = (max(x.values(), default=0) + min(x.values(), default=0)) / 2
    return [(x[node] - middle, row[node]) for node in range(n)]


def _rows(n: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    row = [0] * n
    for u, v in sorted(edges, key=lambda edge: edge[1]):  # parents have smaller places
        row[v] = max(row[v], row[u] + 1)
    made = {v for _, v in edges}
    for node in range(n):
        used = [row[v] for u, v in edges if u == node]
        if node not in made and used:
            row[node] = min(used) - 1
    return row


def _settle(line: list[int], x: dict[int, float], near: dict[int, list[int]]) -> None:
    """Each of a row over the mean of what it is joined to, in that order, at least 1 apart."""
    wish = {node: sum(x[o] for o in near[node]) / len(near[node]) for node in line if near[node]}
    line.sort(key=lambda node: (wish.get(node, x[node]), x[node]))
    places: list[float] = []
    for node in line:
        at = wish.get(node, x[node])
        places.append(max(at, places[-1] + 1) if places else at)
    shift = sum(wish.get(node, x[node]) - at for node, at in zip(line, places, strict=True))
    for node, at in zip(line, places, strict=True):
        x[node] = at + shift / len(line)


def _lines(
    figure: go.Figure,
    boxes: Sequence[Box],
    edges: Sequence[Edge],
    where: list[tuple[float, int]],
) -> None:
    looks = {"now": {"color": VERMILLION, "width": 4}, "": {"color": GREY, "width": 1.5}}
    for state, line in looks.items():
        x: list[float | None] = []
        y: list[float | None] = []
        for edge in edges:
            if (boxes[edge.child].state == "now") == (state == "now"):
                (x0, y0), (x1, y1) = where[edge.parent], where[edge.child]
                x += [x0, x1, None]
                y += [y0, y1, None]
        figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip")


def _boxes(
    boxes: Sequence[Box], where: list[tuple[float, int]], dark: bool, size: int, digits: int
) -> list[dict]:
    paper, text = ("#0E1117", "#FAFAFA") if dark else ("#FFFFFF", "#1B2733")
    colors = {"now": VERMILLION, "ready": BLUE, "done": BLUE}
    notes = []
    for box, (x, y) in zip(boxes, where, strict=True):
        made = f" {words.escaped(box.op)}" if box.op else ""
        grad = "?" if box.grad is None else short(box.grad, digits)
        sign = STATES[box.state]
        notes.append(
            {
                "x": x,
                "y": y,
                "text": f"<b>{words.escaped(words.shorten(box.name, 9))}</b>{made}"
                f"<br>{short(box.value, digits)}<br>∂ {grad} {sign}".rstrip(),
                "showarrow": False,
                "bgcolor": paper,
                "bordercolor": colors.get(box.state, GREY),
                "borderwidth": 2 + (box.state == "now"),
                "borderpad": 3,
                "font": {"size": size, "color": text},
            }
        )
    return notes


def _slopes(
    boxes: Sequence[Box], edges: Sequence[Edge], where: list[tuple[float, int]], dark: bool
) -> list[dict]:
    paper, text = ("#0E1117", "#FAFAFA") if dark else ("#FFFFFF", "#1B2733")
    notes, seen = [], set()
    for edge in edges:
        if boxes[edge.child].state != "now":
            continue
        (x0, y0), (x1, y1) = where[edge.parent], where[edge.child]
        along = 0.5 if (edge.parent, edge.child) not in seen else 0.3  # one that is used twice
        seen.add((edge.parent, edge.child))
        notes.append(
            {
                "x": x1 + along * (x0 - x1),
                "y": y1 + along * (y0 - y1),
                "text": f"× {short(edge.slope)}",
                "showarrow": False,
                "bgcolor": paper,
                "font": {"size": 11, "color": text},
            }
        )
    return notes


def short(number: float, digits: int = 4) -> str:
    """Few digits: -7.2865 -> "-7.286"."""
    return f"{number + 0.0:.{digits}g}"  # no "-0"


def _table(boxes: Sequence[Box], edges: Sequence[Edge]) -> pd.DataFrame:
    of = [
        ", ".join(dict.fromkeys(boxes[edge.parent].name for edge in edges if edge.child == n))
        for n in range(len(boxes))
    ]
    return pd.DataFrame(
        {
            "number": [box.name for box in boxes],
            "made by": [box.op for box in boxes],
            "made of": of,
            "value": [box.value for box in boxes],
            "its gradient": [box.grad for box in boxes],
        }
    )


def _alt(boxes: Sequence[Box]) -> str:
    if not boxes:
        return f"{TITLE}, still empty."
    now = next((box.name for box in boxes if box.state == "now"), None)
    known = sum(box.state in ("ready", "now", "done") for box in boxes)
    made = f"{boxes[-1].name} = {short(boxes[-1].value)}"
    said = (
        f"{TITLE} of {words.count(len(boxes), 'number')}: the result is {made}, and "
        f"{words.count(known, 'gradient')} known in full."
    )
    return said if now is None else f"{said} Just now {now} has handed its gradient on."
