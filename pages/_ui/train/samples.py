"""What a run writes, each token coloured by its probability, and the same words scored again and
again beside it."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared.plain import plain, safe
from pages._ui.shared.show import data_of, show_chart
from pages._ui.train.curves import blind
from pages._ui.train.points import Shown

if TYPE_CHECKING:
    from lm_core.doctor.judgement import Judgement
    from lm_core.runs.store import Run

SAMPLES = 6  # shown at a time: the first, and the latest
HEIGHT = 236  # pixels
PROBE_HEIGHT = 330
PICTURE = 96  # pixels across
EXAMPLE = "overflow-wrap:anywhere;margin:0 0 8px 0;font-size:0.9rem"


def samples(run: "Run", shown: Shown, _: "Judgement | None" = None) -> None:
    """The things it wrote, oldest first, so that one sees it get better."""
    from lm_core.charts.colour_text import token_legend

    rows = shown.samples
    if rows and rows[-1]["kind"] != "text":
        _made(run, rows[-1])
        return
    if len(rows) > SAMPLES:
        rows = [rows[0], *rows[-(SAMPLES - 1) :]]
    with st.container(height=HEIGHT, border=False, autoscroll=True):
        if rows:
            st.html("".join(map(sample, rows)))
        else:
            soon = "Its first words appear a moment after the start."
            st.caption(soon if run.active else "It ended before it wrote anything.")
    if any(row.get("pieces") for row in rows):
        st.html(token_legend())


def sample(row: dict[str, Any]) -> str:
    """Safe HTML of one sample with its step."""
    from lm_core.charts.colour_text import token_spans

    head = f'<div style="font-size:0.85rem;opacity:0.7;margin-top:4px">step {row["step"]:,}</div>'
    pieces = row.get("pieces") or ()
    if len(row["text"]) < 80:  # names, a line each: beside each other
        pieces = [(" · " if text == "\n" else text, p) for text, p in pieces]
        text = " · ".join(row["text"].split("\n"))
    else:
        text = row["text"]
    if pieces:
        texts, given = zip(*pieces, strict=True)
        return head + token_spans(texts, given)
    body = safe(text.strip()) or "(only blanks)"
    return f'{head}<div style="white-space:pre-wrap;overflow-wrap:anywhere">{body}</div>'


def _made(run: "Run", row: dict[str, Any]) -> None:
    """What a model of another kind does now: the latest of it."""
    st.caption(f"After step {row['step']:,}, of examples kept from training:")
    if row["kind"] in DRAWN:
        DRAWN[row["kind"]](row)
        return
    if row["kind"] == "points":
        _points(run, row)
        return
    as_line = _pair if row["kind"] == "pairs" else _line
    with st.container(height=HEIGHT, border=False):
        st.html("".join(as_line(row["columns"], one) for one in row["rows"]))


def _pair(columns: tuple[str, ...], row: tuple[str, ...]) -> str:
    """Safe HTML of a source, what was made of it, and what is right where it is not that."""
    source, made, right = row
    mark, rest = "✓", ""
    if made != right:
        mark, rest = "✗", f'<br><span style="opacity:0.7">right: {safe(right)}</span>'
    said = f"<b>{mark} {safe(made) or '(nothing)'}</b>"
    return f'<div style="{EXAMPLE}">{safe(source)}<br>{said}{rest}</div>'


def _line(columns: tuple[str, ...], row: tuple[Any, ...]) -> str:
    """Safe HTML of one example: its text, or first column, and below it the others by name."""
    first, *others = (f"{one:.3g}" if isinstance(one, float) else str(one) for one in row)
    pairs = zip(columns[1:], others, strict=True)
    named = ", ".join(f"{safe(str(name))} <b>{safe(one)}</b>" for name, one in pairs)
    return f'<div style="{EXAMPLE}">{safe(first)}<br><span style="opacity:0.8">{named}</span></div>'


def _points(run: "Run", row: dict[str, Any]) -> None:
    """Made ones beside real ones."""
    from lm_core.charts.points import points

    chart = points(row["rows"], title="Made and real points", height=HEIGHT)
    show_chart(chart, key=f"train-points-{run.id}", table=not run.active)


def _pictures(row: dict[str, Any]) -> None:
    """Each as squares of grey."""
    import numpy as np

    width, height = row["columns"]
    images = [np.asarray(one, dtype=float).reshape(height, width) for one in row["rows"]]
    captions = [plain(one) for one in row.get("captions", ())]
    made = [f"Picture {n} of {len(images)} that it made." for n in range(1, len(images) + 1)]
    larger = [np.kron(image, np.ones((8, 8))) for image in images]
    st.image(larger, caption=captions or None, alt=captions or made, width=PICTURE)


def _lines(row: dict[str, Any]) -> None:
    """A forecast beside what came."""
    from lm_core.charts.lines import Line, line_chart

    x, y = row["columns"]
    lines = [
        Line(str(name), values, int(begin), strong=n == 1, grey=n == 0)
        for n, (name, begin, *values) in enumerate(row["rows"])
    ]
    ends = ", ".join(f"{line.name} {line.values[-1]:.3g}" for line in lines)
    alt = f"At their ends, in {y or 'units'}: {ends}."
    chart = line_chart(lines, title="A forecast", x=x, y=y, alt=alt, now=True, height=HEIGHT)
    show_chart(chart, key=f"train-lines-{row['step']}", table=False)


DRAWN = {"pictures": _pictures, "lines": _lines}


def confusion(run: "Run", shown: Shown, judgement: "Judgement") -> None:
    """Which class was taken for which, at the latest look. Nothing where there are no classes."""
    row = shown.samples[-1] if shown.samples else None
    if row is None or not row["grid"]:
        return
    from lm_core.charts.confusion import confusion_map

    with st.container(border=True):
        dark = st.context.theme.type == "dark"
        what = "pictures" if row["kind"] == "pictures" else "texts"
        chart = confusion_map(row["names"], row["grid"], dark=dark, height=PROBE_HEIGHT, what=what)
        show_chart(chart, key=f"train-confusion-{run.id}", table=not run.active)
        st.caption(f"After step {row['step']:,}: {plain(chart.alt)}")


def probe(run: "Run", shown: Shown, judgement: "Judgement") -> None:
    """A text it never learns from, scored at each evaluation. Nothing where none was scored."""
    from lm_core.charts.probe import probe_map, read_probe

    tokens = run.facts.get("probe")
    if not tokens or not shown.probes:
        return
    scored = [(row["step"], row["nats"]) for row in shown.probes]
    dark, seen = st.context.theme.type == "dark", scored[-1][0]
    if shown.probed is None or shown.probed[:2] != (seen, dark):  # a scoring more, or another look
        chart = probe_map(tokens, scored, blind_nats=blind(run), dark=dark, height=PROBE_HEIGHT)
        shown.probed = seen, dark, chart, read_probe(tokens, scored)
    *_, chart, says = shown.probed
    with st.container(border=True):
        with st.container(key="train-probe"):
            show_chart(
                chart, key=f"train-probe-{run.id}", table=False, alt=f"{chart.title}: see below it."
            )
        st.caption(
            f"A piece of text kept from training, read from left to right: a row an evaluation, "
            f"the oldest on top. {plain(says)}"
        )
        if not run.active:
            data_of(chart, key="train-probe-data")
