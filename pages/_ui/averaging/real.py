"""Step 6: the same steps in a model that was trained, on a sentence of one's own."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.averaging import numbers
from pages._ui.averaging.drawn import bare, draw, idea, terms
from pages._ui.inside import offers, sides
from pages._ui.shared import models
from pages._ui.shared.numbered import choose
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.inspection.attention import AttentionCell
    from lm_core.inspection.values import Taken

MODEL, TEXT, VIEW, TOKEN = (f"averaging-{what}" for what in ("model", "text", "view", "token"))
LAYER, HEAD, ONE, PART = (f"averaging-{what}" for what in ("layer", "head", "looked", "part"))
BIND = "query-params"
OPENED = "averaging-opened"  # in the session: on which model and text each choice was begun
TERMS = 3  # of a sum, that are written out


def step(number: int) -> None:
    """A head of a model, one token of a text, from its scores to what it adds."""
    numbers.stay()
    idea(
        "In a trained model the vectors are longer and the matrices learned, and nothing else is "
        "new: a query and keys, scores over the root of D, weights, the weighted sum of the "
        "values, and what it adds. These are the numbers of the model's own pass over your text.",
        r"\begin{gathered} w_{ti} = \text{softmax}_i\left(\tfrac{q_t \cdot k_i}{\sqrt{D}}\right) "
        r"\\ o_t = \sum_i w_{ti}\, v_i, \quad x_t \leftarrow x_t + o_t W_o \end{gathered}",
    )
    choices = [c for c in models.with_attention() if _has_heads(c)]
    if not choices:
        st.info("No Transformer is here yet: train one on the Train screen.")
        return
    line = st.columns([3, 4], vertical_alignment="bottom")
    with line[0]:
        choice = models.pick(choices, models.labels(choices), key=MODEL)
    checkpoint = models.load(choice)
    reading, text = _read(choice, checkpoint, line[1])
    if reading is None:
        st.info("Type a word or a sentence to look at.")
        return
    for note in reading.notes:
        st.info(note)
    _head(reading, checkpoint, (str(choice.folder), text))


def _has_heads(choice: models.Choice) -> bool:
    return "n_head" in choice.card["model"]


def _read(
    choice: models.Choice, checkpoint: object, place: object
) -> "tuple[sides.Reading | None, str]":
    """The field for the text, and the pass over it; None where there is nothing to read."""
    if choice.of_pairs:
        offered, label = offers.offered_source(choice, checkpoint), "Your source"
    else:
        offered, label = offers.offered(checkpoint), "Your name" if choice.items else "Your text"
    begin = offers.offer(offered, TEXT)
    text = place.text_input(label, **begin, max_chars=5000, key=TEXT, bind=BIND)
    if choice.of_pairs:
        return sides.read_pair(checkpoint, text, ""), text
    return sides.read(checkpoint, text), text


def _head(reading: "sides.Reading", checkpoint: object, of: tuple[str, str]) -> None:
    from lm_core.inspection import take_values
    from lm_core.models import attention

    known = reading.sides
    line = st.container(horizontal=True)
    side = next(iter(known.values()))
    if len(known) > 1:
        names = list(known)
        called = [name.capitalize() for name in names]
        with line:
            side = known[names[choose("Who looks at whom", called, key=VIEW, width=190)]]
    layers, heads, T, _ = side.maps.shape
    best = max(side.heads, key=lambda head: head.visible, default=None)
    opening = (best.layer, best.head) if best else (0, 0)
    _open((of[0], side.name), {LAYER: opening[0], HEAD: opening[1]})
    _open((*of, side.name), {TOKEN: T - 1})
    with line:
        layer = choose("Layer", _counted(layers), key=LAYER, default=opening[0], width=90)
        head = choose("Head", _counted(heads), key=HEAD, default=opening[1], width=90)
        row = choose("The token that takes", side.rows, key=TOKEN, default=T - 1, width=190)
    taken = take_values(checkpoint.model, side.view, layer, head, row)
    seen = [side.columns[i] for i in taken.seen.tolist()]
    left, right = st.columns([2, 3], gap="medium")
    with left:
        most = int(taken.weights.argmax())
        _open((*of, side.name, layer, head, row), {ONE: most})
        place = choose("The token it looks at", seen, key=ONE, default=most)
        cell = side.view.cell(layer, head, row, int(taken.seen[place]))
        _score(side, cell)
    with right:
        _table(side, cell, taken, seen)
    _sum(side, taken, seen, row)
    _stream(side, taken, row, (layer, head), heads)
    show_source(attention.Attention, "The code: the layer that ran")
    show_source(take_values, "The code: the weighted sum, followed to the stream")


def _open(of: tuple, places: dict[str, int]) -> None:
    """Where to begin anew with another model or text."""
    known = st.session_state.setdefault(OPENED, {})
    for key, place in places.items():
        if known.setdefault(key, of) != of:
            st.session_state[key], known[key] = place, of


def _score(side: "sides.Side", cell: "AttentionCell") -> None:
    """q · k to the weight, as on the Attention screen."""
    D = len(cell.q)
    st.markdown(f"Its query times that key, {D} numbers each, over √{D}; then the softmax:")
    given = rf"\frac{{{cell.dot:.3f}}}{{\sqrt{{{D}}}}}"
    if side.view.bias is not None:
        given += rf" - {cell.dot * cell.scale - cell.score:.3f}\ (\text{{distance}})"
    grown = cell.scores.double().exp()
    st.latex(
        rf"\begin{{aligned}} \frac{{q \cdot k}}{{\sqrt{{D}}}} &= {given} = {cell.score:.3f} \\ "
        rf"w &= \frac{{e^{{{cell.score:.3f}}}}}{{{grown.sum():.3f}}} = {cell.weight:.3f} "
        r"\end{aligned}"
    )
    st.caption("The number under the line is the sum of e to the score over the whole row.")


def _table(side: "sides.Side", cell: "AttentionCell", taken: "Taken", seen: list[str]) -> None:
    """A row for each token that is looked at: to its weight, and to what comes of its value."""
    import pandas as pd

    table = pd.DataFrame(
        {
            "looked at": seen,
            "q · k": (cell.scores / cell.scale).tolist(),
            "score": cell.scores.tolist(),
            "weight": taken.weights.tolist(),
            "length of v": taken.values.norm(dim=1).tolist(),
            "weight × length": taken.shares.norm(dim=1).tolist(),
        }
    )
    if side.view.bias is not None:  # what the distance takes off is in the score
        table = table.drop(columns="q · k")
    show_table(table.round(4), key="averaging-row-of-model", height=250)


def _sum(side: "sides.Side", taken: "Taken", seen: list[str], row: int) -> None:
    """The values, weighed and added up."""
    import torch

    from lm_core.charts.matrices import written

    D = len(taken.output)
    both = torch.cat([taken.shares, taken.output.unsqueeze(0)])
    rows = [*seen, "sum"]
    draw(both, rows, title="Weight × value, and the sum", key="model-sum", x="number of the head")
    part = choose("One number of the sum", _counted(D), key=PART, width=190)
    first = taken.shares[:, part].abs().argsort(descending=True)[:TERMS].sort().values.tolist()
    found = [rf"{taken.weights[i]:.3f} \cdot {bare(float(taken.values[i, part]))}" for i in first]
    rest = float(taken.output[part] - taken.shares[first, part].sum())
    if len(seen) > len(first):
        found.append(rf"\underbrace{{{bare(rest)}}}_{{\text{{all others}}}}")
    total = written(float(taken.output[part]))
    st.latex(terms(found, of=rf"o_{{{part + 1}}}", total=total))


def _stream(
    side: "sides.Side", taken: "Taken", row: int, place: tuple[int, int], heads: int
) -> None:
    """What the head adds, beside what its layer adds and what is there."""
    import torch

    from lm_core.charts.matrices import written
    from lm_core.charts.words import percent

    parts = {"head adds": taken.added, "layer adds": taken.together}
    if taken.stream is not None:
        parts = {"before": taken.stream, **parts}
    draw(
        torch.stack(list(parts.values())),
        list(parts),
        title="The stream of this token",
        key="model-stream",
        x=f"number of the stream, 1 to {len(taken.added)}",
    )
    most = int(taken.weights.argmax())
    size, whole = float(taken.added.norm()), float(taken.together.norm())
    beside = (
        ""
        if taken.stream is None
        else f", and the stream before it {written(float(taken.stream.norm()))}"
    )
    st.markdown(
        f"**What to notice:** head {place[1] + 1} of layer {place[0] + 1} lets "
        f"**{plain(side.rows[row])}** take {percent(float(taken.weights[most]))} from "
        f"**{plain(side.columns[int(taken.seen[most])])}**. What it adds has the length "
        f"{written(size)}; all {heads} heads of the layer together {written(whole)}{beside}."
    )


def _counted(n: int) -> list[str]:
    return [str(i + 1) for i in range(n)]
