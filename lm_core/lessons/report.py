"""A run on paper, to hand in: what was asked, expected and found, its figures, its curve, and what
it wrote.

One file of HTML that needs nothing else, for a browser to print on A4. Whatever people or models
wrote is text in it, and there is no script. The name is written by hand.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from lm_core.figures import significant
from lm_core.lessons.worksheet import LINES, STYLE
from lm_core.visible import apart, readable

Points = Sequence[tuple[float, float]]  # step and loss
WIDTH, HEIGHT = 640, 300  # of the picture, in its own units
LEFT, TOP, RIGHT, BOTTOM = 58, 12, 12, 46  # around it
MOST = 1e9  # of a loss that is drawn; not a number is none
TRAIN, HELD_OUT = "#0072B2", "#D55E00"
MORE = """
figure {margin: 0; break-inside: avoid} svg {width: 100%; height: auto}
th {text-align: left; font-weight: 600} pre {white-space: pre-wrap; overflow-wrap: anywhere;
    font: 9pt/1.35 ui-monospace, monospace; border-left: 2px solid #777; padding-left: .6rem}
.wrote {break-inside: avoid} h2 {break-after: avoid}
@page {size: A4}
@media print {body {margin: 0; max-width: none; padding: 0}}
"""


@dataclass(frozen=True)
class Report:
    """What stands on the page.

    Args:
        title: of the run.
        about: lines below it: what learned what, when.
        asked: pairs of what was asked and what was said: the question, the prediction, the reason.
        figures: pairs of a name and a number with its unit.
        command: that trains it anew; "" for none.
        unit: of the loss: "nats per character".
        train, validation: the curve; validation may be empty.
        wrote: pairs of a step and what the model wrote there.
    """

    title: str
    about: Sequence[str]
    asked: Sequence[tuple[str, str]]
    figures: Sequence[tuple[str, str]]
    command: str
    unit: str
    train: Points
    validation: Points
    wrote: Sequence[tuple[int, str]]


def page(report: Report) -> str:
    """The page, as HTML."""
    parts = [f"<h1>{_safe(report.title)}</h1>", "<p>Name: ______________________</p>"]
    parts += [f"<p>{_safe(line)}</p>" for line in report.about]
    if report.asked:
        parts.append("<h2>The question</h2>")
        parts += [f"<p><b>{_safe(what)}</b> {_safe(said)}</p>" for what, said in report.asked]
    parts += ["<h2>The figures</h2>", "<table>"]
    for name, value in report.figures:
        parts.append(f'<tr><th scope="row">{_safe(name)}</th><td>{_safe(value)}</td></tr>')
    parts.append("</table>")
    if report.command:
        parts.append(f"<p>Trained anew by:</p><pre>{_safe(report.command)}</pre>")
    parts += ["<h2>The curve</h2>", curve(report.train, report.validation, report.unit)]
    if report.wrote:
        parts.append("<h2>What it wrote</h2>")
        for step, text in report.wrote:
            lines = "\n".join(map(_safe, text.split("\n")))
            parts.append(f'<div class="wrote"><p>After step {step:,}:</p><pre>{lines}</pre></div>')
    parts += ["<h2>What I make of it</h2>", *['<div class="line"></div>'] * LINES]
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_safe(report.title)}</title>\n<style>{STYLE}{MORE}</style>\n</head>\n<body>\n"
        f"{body}\n</body>\n</html>\n"
    )


def curve(train: Points, validation: Points, unit: str) -> str:
    """A figure with the loss by step, its text alternative below it; a sentence where there is
    nothing to draw."""
    shown = [[(x, y) for x, y in line if abs(y) < MOST] for line in (train, validation)]
    every = [point for line in shown for point in line]
    if not every:
        return "<p>It ended before there was anything to draw.</p>"
    last = max(max(x for x, _ in every), 1)
    low, high = (f(y for _, y in every) for f in (min, max))
    if high - low < 1e-6 * max(1, abs(low)):
        high = low + max(1, abs(low))

    def at(x: float, y: float) -> tuple[float, float]:
        across = LEFT + (WIDTH - LEFT - RIGHT) * x / last
        return across, TOP + (HEIGHT - TOP - BOTTOM) * (high - y) / (high - low)

    parts = []
    for value in _ticks(low, high):
        x, y = at(last, value)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{x:.1f}" stroke="#ccc"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    for value in _ticks(0, last):
        x, y = at(value, low)
        end = ' text-anchor="middle"' if x < WIDTH - 40 else ' text-anchor="end"'
        parts.append(f'<text x="{x:.1f}" y="{y + 17:.1f}"{end}>{value:,g}</text>')
    for line, colour, dashes in zip(shown, (TRAIN, HELD_OUT), ("", "6 4"), strict=True):
        if line:
            points = " ".join("{:.1f},{:.1f}".format(*at(x, y)) for x, y in line)
            parts.append(
                f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" '
                f'stroke-dasharray="{dashes}"/>'
            )
    said = _in_words(*shown, unit)
    key = [(TRAIN, "", "training"), (HELD_OUT, "6 4", "validation")][: 1 + bool(shown[1])]
    for i, (colour, dashes, name) in enumerate(key):
        x, y = WIDTH - 150, TOP + 14 + 18 * i
        parts.append(
            f'<path d="M{x} {y}h34" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dashes}"/>'
            f'<text x="{x + 42}" y="{y + 4}">{name}</text>'
        )
    middle, foot = (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6
    upright = f"translate(13 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)"
    parts.append(f'<text x="{middle}" y="{foot}" text-anchor="middle">step</text>')
    parts.append(f'<text transform="{upright}" text-anchor="middle">{_safe(unit)}</text>')
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{_safe(said)}" '
        f'font-size="12" font-family="system-ui, sans-serif"><title>{_safe(said)}</title>'
        f"{''.join(parts)}</svg><figcaption>{_safe(said)}</figcaption></figure>"
    )


def _in_words(train: Points, validation: Points, unit: str) -> str:
    """Where the lines begin and end."""
    said = []
    for name, line in (("Training", train), ("Validation", validation)):
        if line:
            (first, begins), (last, ends) = line[0], line[-1]
            low, high = significant(ends, 3), significant(begins, 3)
            said.append(
                f"{name} loss went from {high} at step {first:,} to {low} at step {last:,}."
            )
    return f"{' '.join(said)} In {unit}: the lower the better."


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers between the two, about five."""
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= rough)
    first = math.ceil(low / step)
    ticks = [round(n * step, 10) for n in range(first, math.floor(high / step) + 1)]
    return ticks or [low]


def _safe(text: str) -> str:
    return escape(apart(readable(str(text))), quote=True)
