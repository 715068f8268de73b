"""The tree of a beam search: at each step the continuations that competed, and what became of them.

Steps go down, so that a narrow page shows all of it; the likeliest beginning is at the left. The
fate of a continuation is told by a sign as well as by a colour: ● goes on, ■ ended, ✕ was dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, GREEN, GREY, VERMILLION, style_figure

SIGNS = {"open": "●", "ended": "■", "dropped": "✕"}
COLORS = {"open": BLUE, "ended": GREEN, "dropped": GREY}
COLUMNS = 5  # continuations side by side that a phone has room for
ROW = 54  # pixels for a step
_FONT = 10


@dataclass(frozen=True)
class Twig:
    """A continuation that competed at one step."""

    parent: int | None  # which of the step before it grew from, as placed there; None at the first
    token: str
    probability: float  # of this token after what stands before it
    total: float  # ln p of all so far
    fate: str  # "open", "ended" or "dropped"
    best: bool = False  # part of the text that was found best


def beam_tree(
    steps: Sequence[Sequence[Twig]], *, width: int, root: str = "", dark: bool = False
) -> Chart:
    """The whole search. The best text is a thick line.

    Args:
        steps: of each its continuations, the likeliest first.
        width: beams that were kept.
        root: what stands at the top: nothing is written yet.
        dark: the page is dark.

    Of more continuations than fit side by side, dropped ones are left to the table.
    """
    title = f"The search, {words.count(width, 'beam')} wide"
    shown = [_shown(step) for step in steps]
    places = [_places(kept) for kept in shown]
    figure = go.Figure()
    _edges(figure, steps, shown, places)
    _nodes(figure, steps, shown, places, root, dark)
    across = max([1, *map(len, shown)])
    style_figure(
        figure,
        title=title,
        x="likelier ← all of it so far → less likely"
        "<br>● goes on   ■ ended   ✕ dropped"
        "<br>number: share of 1; thick: the best",
        y="step",
        height=150 + ROW * (len(steps) + 1),
    )
    bare = {"showgrid": False, "ticks": "", "fixedrange": True}
    figure.update_xaxes(**bare, showticklabels=False, range=[-0.6, max(across, 3) - 0.4])
    figure.update_yaxes(
        **bare,
        tickmode="array",
        tickvals=list(range(1, len(steps) + 1)),
        range=[len(steps) + 0.5, -0.4],
    )
    figure.update_layout(showlegend=False, hovermode="closest")
    return Chart(title, figure, _alt(steps, width), _table(steps))


def _shown(step: Sequence[Twig]) -> list[int]:
    """Which of a step are drawn: all that went on or ended, dropped ones while there is room."""
    room = max(0, COLUMNS - sum(twig.fate != "dropped" for twig in step))
    kept = []
    for n, twig in enumerate(step):
        if twig.fate != "dropped":
            kept.append(n)
        elif room:
            kept.append(n)
            room -= 1
    return kept


def _places(kept: list[int]) -> dict[int, int]:
    return {n: place for place, n in enumerate(kept)}


def _edges(
    figure: go.Figure,
    steps: Sequence[Sequence[Twig]],
    shown: list[list[int]],
    places: list[dict[int, int]],
) -> None:
    """A line from each continuation up to what it continues; those of a kind are one trace."""
    looks = {
        "dropped": {"color": GREY, "width": 1, "dash": "dot"},
        "kept": {"color": GREY, "width": 1.5},
        "best": {"color": VERMILLION, "width": 4},
    }
    for kind, line in looks.items():
        x: list[float | None] = []
        y: list[float | None] = []
        for t, (step, kept) in enumerate(zip(steps, shown, strict=True)):
            for n in kept:
                twig = step[n]
                own = "best" if twig.best else "dropped" if twig.fate == "dropped" else "kept"
                above = 0 if twig.parent is None else places[t - 1].get(twig.parent)
                if own == kind and above is not None:
                    x += [above, places[t][n], None]
                    y += [t, t + 1, None]
        figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip")


def _nodes(
    figure: go.Figure,
    steps: Sequence[Sequence[Twig]],
    shown: list[list[int]],
    places: list[dict[int, int]],
    root: str,
    dark: bool,
) -> None:
    """A label in a box for each, its sign first; pointed at, it says the rest."""
    paper = "#0E1117" if dark else "#FFFFFF"
    text = "#FAFAFA" if dark else "#1B2733"
    across = max([1, *map(len, shown)])
    letters = max(5, 36 // across)  # that a phone has room for, sign and all
    box = {"showarrow": False, "bgcolor": paper, "borderpad": 2, "font": {"size": _FONT}}
    figure.add_annotation(
        **{**box, "font": {"size": _FONT, "color": text}},
        x=0,
        y=0,
        text=words.escaped(words.shorten(root or "(begin)", 14)),
        bordercolor=GREY,
    )
    x, y, says = [], [], []
    for t, (step, kept) in enumerate(zip(steps, shown, strict=True), start=1):
        for n in kept:
            twig = step[n]
            label = words.escaped(words.shorten(twig.token, letters))
            figure.add_annotation(
                **{**box, "font": {"size": _FONT, "color": text}},
                x=places[t - 1][n],
                y=t,
                text=f"{SIGNS[twig.fate]} {label}<br>{words.probability(twig.probability)}",
                bordercolor=VERMILLION if twig.best else COLORS[twig.fate],
                borderwidth=2 if twig.best else 1,
            )
            x.append(places[t - 1][n])
            y.append(t)
            says.append(
                f"{words.escaped(twig.token)}: {words.percent(twig.probability)} here, "
                f"ln p of all so far {words.nats(twig.total)}, {_became(twig)}"
            )
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        marker={"size": 26, "opacity": 0},
        hovertext=says,
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _became(twig: Twig) -> str:
    return {"open": "goes on", "ended": "ended", "dropped": "dropped"}[twig.fate]


def _table(steps: Sequence[Sequence[Twig]]) -> pd.DataFrame:
    """Every continuation, those that are not drawn too, with the text it stands at the end of."""
    rows, before = [], []
    for t, step in enumerate(steps, start=1):
        texts = []
        for rank, twig in enumerate(step, start=1):
            head = "" if twig.parent is None else before[twig.parent]
            texts.append(f"{head} {twig.token}".strip())
            rows.append(
                (t, rank, head, twig.token, twig.probability, twig.total, _became(twig), twig.best)
            )
        before = texts
    columns = ["step", "rank", "after", "token", "probability (share of 1)"]
    columns += ["ln p of all so far (nats)", "became", "part of the best"]
    return pd.DataFrame(rows, columns=columns)


def _alt(steps: Sequence[Sequence[Twig]], width: int) -> str:
    if not steps:
        return "The tree of a search, still empty: nothing was searched for."
    every = [twig for step in steps for twig in step]
    counts = {fate: sum(twig.fate == fate for twig in every) for fate in SIGNS}
    best = [twig.token for step in steps for twig in step if twig.best]
    return (
        f"Beam search with {words.count(width, 'beam')} over {words.count(len(steps), 'step')}: "
        f"{words.count(len(every), 'continuation')} competed, {counts['open']} went on, "
        f"{counts['ended']} ended, {counts['dropped']} were dropped. The best: {' '.join(best)}."
    )
