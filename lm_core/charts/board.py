"""The class board as pictures: what was predicted, before and after, and who changed; how low the
runs of a class came."""

import textwrap
from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.bars import horizontal_bars
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, VERMILLION, style_figure
from lm_core.figures import count

# Colour, and the lines across a bar as the second cue.
LOOKS = {"": (BLUE, ""), "before": (VERMILLION, "/"), "after": (BLUE, "")}
NAMED = {"": "answers", "before": "before", "after": "after"}
WIDTH = 20  # characters of a line of a label beside its bar, of which there are two at most


def said_bars(said: Mapping[str, Mapping[str, int]], *, title: str = "What was said") -> Chart:
    """A bar for each answer, and each moment at which it was given.

    Args:
        said: answer -> how many pupils gave it, by moment: "before", "after" or "" of a question
            that is asked once.
    """
    moments = [m for m in LOOKS if any(m in counts for counts in said.values())]
    labels = words.numbered_apart([words.shorten(one, 2 * WIDTH - 4) for one in said])
    figure, places = go.Figure(), list(range(len(said)))
    for moment in moments:
        counts = [given.get(moment, 0) for given in said.values()]
        color, pattern = LOOKS[moment]
        figure.add_bar(
            x=counts,
            y=places,
            orientation="h",
            name=NAMED[moment],
            marker={"color": color, "pattern": {"shape": pattern, "solidity": 0.35}},
            text=[f"{n:,}" for n in counts],
            textposition="outside",
            cliponaxis=False,
            customdata=[words.escaped(one) for one in said],
            hovertemplate="%{customdata}: %{x}<extra>" + NAMED[moment] + "</extra>",
        )
    height = 130 + (20 + 17 * max(1, len(moments))) * max(2, len(said))
    style_figure(figure, title=title, x="pupils", height=height)
    most = max((n for counts in said.values() for n in counts.values()), default=0)
    figure.update_xaxes(range=[0, 1.15 * most or 1], nticks=5, tickformat="d", fixedrange=True)
    figure.update_yaxes(
        tickmode="array",
        tickvals=places,
        ticktext=[_in_lines(label) for label in labels],
        range=[max(1, len(said)) - 0.5, -0.5],
        showgrid=False,
        fixedrange=True,
    )
    below = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0.0}
    figure.update_layout(barmode="group", bargap=0.3, showlegend=len(moments) > 1, legend=below)
    table = pd.DataFrame(
        {"answer": list(said)}
        | {
            f"{NAMED[m]} (pupils)" if m else "pupils": [c.get(m, 0) for c in said.values()]
            for m in moments
        }
    )
    return Chart(title, figure, _read(said, moments, title), table)


def _in_lines(label: str) -> str:
    """A label in one line or two."""
    first, *rest = textwrap.wrap(label, WIDTH) or [label]
    return "<br>".join(words.escaped(line) for line in (first, " ".join(rest)) if line)


def _read(said: Mapping[str, Mapping[str, int]], moments: Sequence[str], title: str) -> str:
    parts = []
    for moment in moments:
        counts = {one: given.get(moment, 0) for one, given in said.items()}
        top = max(counts, key=counts.get)
        of = count(sum(counts.values()), "answer")
        when = f"{NAMED[moment]}, {of}" if moment else of
        parts.append(f"{when}, most often “{top}” ({counts[top]:,})")
    return f"{title}: {'; '.join(parts)}." if parts else f"{title}: nobody has answered yet."


def lowest_bars(labels: Sequence[str], bits: Sequence[float], *, title: str) -> Chart:
    """A bar for each run, in bits per character, in the order given."""
    texts = [f"{one:.3f}" for one in bits]
    x = "bits per character of validation text"
    figure = horizontal_bars(labels, bits, texts, title=title, x=x, label_width=26)
    table = pd.DataFrame({"run": list(labels), x: list(bits)})
    if not len(labels):
        return Chart(title, figure, f"{title}: no run has a score yet.", table)
    says = f"{title}: {labels[0]} with {texts[0]} {x}"
    if len(labels) > 1:
        says += f"; the last of the {len(labels)} shown, {labels[-1]}, with {texts[-1]}"
    return Chart(title, figure, f"{says}.", table)


def change_words(change: Mapping[tuple[bool, bool], int]) -> str:
    """The two-by-two table of who changed, in a sentence.

    Args:
        change: pupils, by (right before, right after).
    """
    both = sum(change.values())
    if not both:
        return "Nobody has answered both before and after yet."
    return (
        f"Of the {both:,} who answered before and after, {change[False, True]:,} went from wrong "
        f"to right and {change[True, False]:,} from right to wrong; {change[True, True]:,} were "
        f"right and {change[False, False]:,} wrong both times."
    )
