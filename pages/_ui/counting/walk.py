"""A name written letter by letter from the table of pairs: drawn, chosen, and taken back."""

import math
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from pages._ui.counting import pairs
from pages._ui.counting.pairs import Pairs
from pages._ui.shared import address
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.surprise import surprise_metric
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from torch import Tensor

WALK, TABLE, DRAWS, POINTED = (f"counting-{what}" for what in ("walk", "table", "draws", "pointed"))
SEED = 2  # draws a name of six letters at first
END = "."  # in the address, for the end of a name


class Step(NamedTuple):
    """A token, and the number that drew it; None where it was chosen."""

    token: int
    number: float | None


def show() -> None:
    """The part of the screen."""
    st.write(
        "Here every pair of letters of a list of names is counted. A row says what came after one "
        "letter; ⏎ is the beginning and the end of a name. Divided by the sum of the row, a count "
        "is a probability, and the table is a language model that can write."
    )
    st.latex(r"p(w \mid v) = \frac{c(vw) + k}{c(v) + k\,V}")
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        found = pairs.pick(key="counting-list")
    k = right.select_slider(
        "Added to every count (k)",
        pairs.K,
        0.0,
        format_func=pairs.number,
        key="counting-k",
        bind="query-params",
        help="0 believes the counts alone: what never came is impossible.",
    )
    if found is None:
        return
    model = pairs.smoothed(found, k)
    table = model.probabilities()  # (V, V)
    steps = _walk(found)
    picture, side = st.columns([3, 2], gap="medium")
    with side:
        _controls(found, table, steps)
    with picture:
        _table(found, table, steps)
    _written(found, table, steps)
    _losses(found, table, k)
    show_source(type(model), "The code: the counted bigram")


def _walk(found: Pairs) -> list[Step]:
    """The steps so far: the session's, or those that the address tells."""
    given, kept = address.get(WALK) or "", st.session_state.get(WALK)
    if kept is None or kept[0] != found.fingerprint or address.brought(WALK):
        ids = {letter: id for id, letter in enumerate(found.letters)}
        ids[END] = found.boundary
        read = [ids[letter] for letter in given if letter in ids]
        ends = read.index(found.boundary) + 1 if found.boundary in read else len(read)
        kept = (found.fingerprint, [Step(id, None) for id in read[:ends]])
        st.session_state[WALK] = kept
    steps = kept[1]
    letters = (END if s.token == found.boundary else found.letters[s.token] for s in steps)
    address.keep(WALK, "".join(letters))
    return steps


def _take(token: int, number: float | None = None) -> None:
    fingerprint, steps = st.session_state[WALK]
    st.session_state[WALK] = (fingerprint, [*steps, Step(token, number)])
    st.session_state.pop(POINTED, None)


def _back(to: int) -> None:
    fingerprint, steps = st.session_state[WALK]
    st.session_state[WALK] = (fingerprint, steps[:to])


def _chosen(key: str) -> None:
    token = st.session_state[key]
    if token is not None:
        _take(token)


def _pressed(at: int, open: bool) -> None:
    """A cell: of the row at hand a step, else something to be told about."""
    points = st.session_state[TABLE]["selection"]["points"]
    cell = points[0].get("customdata") if points else None
    if not isinstance(cell, list) or len(cell) != 2:
        return
    row, column = map(int, cell)
    if row == at and open:
        _take(column)
    else:
        st.session_state[POINTED] = (row, column)


def _at(found: Pairs, steps: list[Step]) -> tuple[int, bool]:
    """The token at hand, and whether the name goes on."""
    from lm_core.generation.walk import MOST

    last = steps[-1].token if steps else found.boundary
    return last, not (steps and last == found.boundary) and len(steps) < MOST


def _controls(found: Pairs, table: "Tensor", steps: list[Step]) -> None:
    from lm_core.charts.words import percent
    from lm_core.generation.walk import MOST, fallen, numbers

    at, open = _at(found, steps)
    seed = st.number_input(
        "Seed",
        0,
        2**31 - 1,
        SEED,
        key=DRAWS,
        bind="query-params",
        help="Of the numbers that are drawn. The same seed draws the same name again.",
    )
    letters = "".join(found.letters[s.token] for s in steps if s.token != found.boundary)
    st.markdown(f"## {plain(letters) or '…'}")
    draw = None
    if open:
        draw = fallen(table[at], numbers(seed)[len(steps)])
        st.caption(f"The row at hand is that of {plain(found.tokens[at])}, framed in the table.")
    else:
        why = "The name is finished" if len(steps) < MOST else f"A walk has {MOST} steps at most"
        st.caption(f"{why}: step back, or begin anew.")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Draw one",
            type="primary",
            disabled=not open,
            on_click=_take,
            args=(draw.token, draw.number) if draw else None,
            key="counting-draw",
        )
        st.button(
            "To the end",
            disabled=not open,
            on_click=_to_the_end,
            args=(found.boundary, table, seed),
            key="counting-all",
        )
        back = {"on_click": _back, "disabled": not steps}
        st.button("Step back", args=(len(steps) - 1,), key="counting-back", **back)
        st.button("Begin anew", args=(0,), key="counting-anew", **back)
    if open:
        key = f"counting-next-{len(steps)}-{at}"
        order = table[at].argsort(descending=True, stable=True).tolist()
        likely = [id for id in order if table[at, id] > 0]
        st.pills(
            "Or choose what comes next, likeliest first",
            likely,
            format_func=lambda id: f"{plain(found.tokens[id])} {percent(float(table[at, id]))}",
            key=key,
            on_change=_chosen,
            args=(key,),
            wrap=True,
        )
    if pointed := st.session_state.get(POINTED):
        row, column = pointed
        if max(pointed) < found.size:
            st.caption(
                f"{plain(found.tokens[row])} → {plain(found.tokens[column])}: "
                f"{int(found.counts[row, column]):,} of {int(found.counts[row].sum()):,} times, "
                f"probability {percent(float(table[row, column]))}. Press a cell of the framed "
                "row to go there."
            )


def _to_the_end(boundary: int, table: "Tensor", seed: int) -> None:
    """Draw until the name ends."""
    from lm_core.generation.walk import fallen, numbers

    fingerprint, steps = st.session_state[WALK]
    steps = list(steps)
    at = steps[-1].token if steps else boundary
    for number in numbers(seed)[len(steps) :]:
        at = fallen(table[at], number).token
        steps.append(Step(at, number))
        if at == boundary:
            break
    st.session_state[WALK] = (fingerprint, steps)


def _table(found: Pairs, table: "Tensor", steps: list[Step]) -> None:
    from lm_core.charts.pairs import pair_table

    at, open = _at(found, steps)
    chart = pair_table(
        found.counts.numpy(),
        table.numpy(),
        found.tokens,
        row=at,
        pressed=True,
        dark=st.context.theme.type == "dark",
        height=560,
    )
    show_chart(chart, key=TABLE, on_select=lambda: _pressed(at, open), selection_mode="points")


def _written(found: Pairs, table: "Tensor", steps: list[Step]) -> None:
    """How each letter came, and what the name costs."""
    if not steps:
        st.caption("Press Draw one, or a cell of the framed row, and a name begins.")
        return
    import pandas as pd

    from lm_core.charts import words
    from lm_core.charts.stretches import stretch_line
    from lm_core.generation.walk import probability

    tokens = [step.token for step in steps]
    before = [found.boundary, *tokens[:-1]]
    chances = probability(table, tokens, found.boundary)
    last, number = before[-1], steps[-1].number
    drawn = (
        "" if number is None else f": the number {number:.4f} fell to {found.tokens[tokens[-1]]}"
    )
    chart = stretch_line(
        found.tokens,
        table[last].tolist(),
        number=number,
        title=f"After {found.tokens[last]}{drawn}",
        dark=st.context.theme.type == "dark",
    )
    show_chart(chart, key="counting-stretches")
    nats = [-math.log(chance) if chance else math.inf for chance in chances]
    rows = [
        {
            "pair": f"{found.tokens[one]} → {found.tokens[step.token]}",
            "how": "chosen" if step.number is None else f"drawn, {step.number:.4f}",
            "count": int(found.counts[one, step.token]),
            "of": int(found.counts[one].sum()),
            "probability": words.percent(chance),
            "surprise (nats)": words.nats(cost),
        }
        for one, step, chance, cost in zip(before, steps, chances, nats, strict=True)
    ]
    show_table(pd.DataFrame(rows), key="counting-steps", height="content")
    st.markdown(
        "**What to notice.** The probability of the whole is the product of the steps, its "
        f"surprise their sum: **{words.nats(sum(nats))} nats**, "
        f"{words.nats(sum(nats) / len(nats))} a letter. A draw takes a number "
        "from 0 to 1 and looks in whose stretch of the line it lies, so a likely letter comes "
        "often and a rare one now and then; always the likeliest "
        "would write one name for ever. A table of pairs knows the last letter alone: it has "
        "forgotten how the name began."
    )


def _losses(found: Pairs, table: "Tensor", k: float) -> None:
    """What the table is worth, on names it counted and on names it did not."""
    from lm_core.models.neural_bigram_descent import loss_of

    with st.container(horizontal=True, gap="medium"):
        for label, counts, what in (
            ("On names it counted", found.counts, f"the {found.names:,} names it counted"),
            ("On names kept from it", found.held, "names that were kept from it"),
        ):
            if counts.sum():
                loss = loss_of(table, counts)
                in_full = f"Per character of {what}, the ends included."
                surprise_metric(label, loss, digits=4, help=in_full)
    nothing = loss_of(table * 0 + 1 / found.size, found.counts)
    st.caption(
        f"{plain(found.title)}, k = {pairs.number(k)}; who knows nothing has "
        f"ln {found.size} = {nothing:.4f}. With k = 0 a "
        "pair that never came is impossible, and a single one of them makes the loss on new names "
        "infinite."
    )
