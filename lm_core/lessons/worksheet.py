"""A lesson on paper: words, the address with its code, the question and lines to write on.

One file of HTML that needs nothing else, for a browser to print. Whatever people wrote is text in
it. The answer is not on it.
"""

from html import escape

from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Question
from lm_core.visible import apart, readable

LINES, GRID = 3, 10  # to write a reason on; of a curve, up and along
STYLE = """
body {font: 12pt/1.45 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem;
      color: #000; background: #fff; overflow-wrap: anywhere}
h1 {font-size: 1.6rem} h2 {font-size: 1.2rem; margin-top: 1.6rem}
.code {float: right; width: 9rem; margin: 0 0 1rem 1rem}
.address {font: 9pt/1.3 ui-monospace, monospace}
.line {border-bottom: 1px solid #777; height: 2rem}
.box {display: inline-block; width: .9rem; height: .9rem; border: 1px solid #000;
      margin-right: .6rem; vertical-align: middle}
ul {list-style: none; padding: 0} li {margin: .5rem 0}
table {border-collapse: collapse; margin: .6rem 0}
td, th {border: 1px solid #777; padding: .4rem .8rem}
@page {margin: 18mm}
"""


def worksheet(lesson: LessonLink, *, title: str, address: str, code: str = "") -> str:
    """The page, as HTML.

    Args:
        title: of the lesson, or of its screen.
        address: the whole link.
        code: its QR code, as the address of a picture (data:); "" for none.
    """
    parts = [f"<h1>{_safe(title)}</h1>"]
    if code:
        parts.append(f'<img class="code" src="{escape(code)}" alt="QR code of the address below">')
    parts += ["<p>Name: ______________________</p>"]
    parts += [f"<p>{_safe(line)}</p>" for line in lesson.words.splitlines() if line.strip()]
    if lesson.question is not None:
        parts += _question(lesson.question)
    parts += ["<h2>Where it is</h2>", f'<p class="address">{_safe(address)}</p>']
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_safe(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n"
        "</body>\n</html>\n"
    )


def _question(question: Question) -> list[str]:
    """What is asked, and room for the prediction, for the reason and for what came of it."""
    parts = ["<h2>Before you try it</h2>", f"<p>{_safe(question.text)}</p>"]
    unit = f" {_safe(question.unit)}" if question.unit else ""
    if question.options:
        box = '<span class="box"></span>'
        rows = "".join(f"<li>{box}{_safe(option)}</li>" for option in question.options)
        parts.append(f"<ul>{rows}</ul>")
    elif question.kind == "number":
        parts.append(f"<p>My guess: ______________{unit}</p>")
    elif question.kind == "curve":
        heads = "".join(f"<th>{at:g}</th>" for at in question.at)
        cells = "<td>&nbsp;</td>" * len(question.at)
        along = _safe(question.along)
        parts.append(
            f"<table><tr><th>{along}</th>{heads}</tr><tr><th>my guess{unit}</th>{cells}</tr>"
            "</table>"
        )
        parts.append(_grid())
    else:
        parts += ['<div class="line"></div>'] * LINES
    if question.why:
        parts.append(f"<p>{_safe(question.why)}</p>")
        parts += ['<div class="line"></div>'] * LINES
    parts += ["<h2>What came of it</h2>", *['<div class="line"></div>'] * LINES]
    return parts


def _grid() -> str:
    """Squares to draw a curve on."""
    side, n = 24, GRID
    lines = "".join(
        f'<path d="M{i * side} 0V{n * side}M0 {i * side}H{n * side}" stroke="#999"/>'
        for i in range(n + 1)
    )
    size = n * side
    return (
        f'<svg viewBox="-1 -1 {size + 2} {size + 2}" width="{size}" role="img" '
        f'aria-label="Squares to draw the curve on">{lines}</svg>'
    )


def _safe(text: str) -> str:
    return escape(apart(readable(text)), quote=True)
