"""What a run writes, each token coloured by its probability, and the same words scored again and
again beside it."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared.plain import plain, safe
from pages._ui.shared.show import data_of, show_chart
from pages._ui.train.curves import blind
from pages._ui.train.points import Shown

if TYPE_CHECKING:
    from lm_core.runs.store import Run

SAMPLES = 6  # shown at a time: the first, and the latest
HEIGHT = 236  # pixels
PROBE_HEIGHT = 330


def samples(run: "Run", shown: Shown) -> None:
    """The things it wrote, oldest first, so that one sees it get better."""
    from lm_core.charts.colour_text import token_legend

    rows = shown.samples
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


def probe(run: "Run", shown: Shown) -> None:
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
