"""Attention: who looks at whom, in every head, and the arithmetic behind one look."""

import streamlit as st

from pages._ui.inside import attention
from pages._ui.shared import front_door, models, session
from pages._ui.shared.numbered import choose
from pages._ui.shared.show import show_chart, show_source

LAYER, HEAD, ROW, COLUMN = (f"attention-{what}" for what in ("layer", "head", "row", "column"))
ALL, ONE = "attention-all", "attention-one"
BIND = "query-params"

front_door.enter()
st.title("Attention")
st.write(
    "Before it guesses, each token looks back and takes something from those before it: attention."
)
controls = st.columns([4, 3, 1], vertical_alignment="bottom")
with controls[1]:
    choices = models.with_attention()
    if not choices:
        st.info("No model with attention is here yet: train a Transformer on the Train screen.")
        st.stop()
    choice = models.pick(choices, models.labels(choices), key="attention-model")
checkpoint = models.load(choice)
with controls[0]:
    field = "attention-name" if choice.items else "attention-text"
    text = st.text_input(
        "Your name" if choice.items else "Your sentence",
        value=attention.offer(checkpoint, field),
        max_chars=5000,
        key=field,
        bind="query-params",
    )
controls[2].button("Look", type="primary", width="stretch", key="attention-look")

reading = None
with session.mending():  # the text stays where it is
    reading = attention.read(checkpoint, text)
    if reading is None:
        st.info("Type a word or a sentence to look at.")
if reading is None:
    st.stop()
L, H, T, _ = reading.maps.shape
if reading.dropped:
    st.info(
        f"The model's context is {T:,} tokens: the first {reading.dropped:,} of your text are "
        "left out here, as they are when it guesses."
    )


def small_and_large() -> tuple[int, int]:
    """All heads to pick from, and the one picked; returns its layer and head."""
    from lm_core.charts.heatmaps import all_heads, one_head

    dark = st.context.theme.type == "dark"
    opening = attention.open_head(reading, (choice.folder, text), LAYER, HEAD)
    left, right = st.columns([2, 3], gap="medium")
    with left, st.container(border=True, height="stretch"):
        places = st.columns(2)
        with places[0]:
            names = [str(i + 1) for i in range(L)]
            layer = choose("Layer", names, key=LAYER, default=opening[0], bind=BIND)
        with places[1]:
            names = [str(i + 1) for i in range(H)]
            head = choose("Head", names, key=HEAD, default=opening[1], bind=BIND)
        chart = all_heads(
            reading.maps, reading.tokens, selected=(layer, head), dark=dark, height=430
        )
        show_chart(
            chart,
            key=ALL,
            on_select=lambda: attention.pointed(ALL, LAYER, HEAD),
            selection_mode="points",
        )
        st.caption(
            "Each picture is a head: one way of looking. A layer has several, and the next layer "
            "looks at what they found. Click a picture, or choose above."
        )
    with right, st.container(border=True, height="stretch"):
        chart = one_head(
            reading.maps[layer, head], reading.tokens, layer, head, dark=dark, height=480
        )
        show_chart(
            chart,
            key=ONE,
            on_select=lambda: attention.pointed(ONE, ROW, COLUMN),
            selection_mode="points",
        )
        st.caption(
            "A row is a token that looks, a column one it looks at; a row sums to 1. Click a cell."
            + (" ⏎ is where a name begins." if choice.items else "")
        )
    return layer, head


def one_cell(layer: int, head: int) -> None:
    """The arithmetic of a cell: of the strongest look until another is chosen."""
    st.header("The arithmetic of one cell")
    seen = (str(choice.folder), text, layer, head)
    if st.session_state.get("attention-seen") != seen:
        st.session_state["attention-seen"] = seen
        row, column = attention.strongest_look(reading.maps[layer, head])
        st.session_state[ROW], st.session_state[COLUMN] = row, column
    places = st.columns(2)
    with places[0]:
        row = choose("Looking", reading.labels, key=ROW)
    with places[1]:
        column = choose("Looked at", reading.labels[: row + 1], key=COLUMN, default=row)
    attention.arithmetic(checkpoint, reading, layer, head, row, column)


layer, head = small_and_large()
st.markdown(f"**What to notice:** {attention.notice(reading)}")
one_cell(layer, head)
if reading.heads:
    with st.expander("Every head in figures"):
        attention.head_table(reading)


def code() -> None:
    """Attention alone, the lesson it is part of, and the layer that the lab runs."""
    from lm_core.models import attention
    from lm_core.models.plain import transformer

    show_source(attention.attend, "The code: attention written out")
    show_source(transformer, "The code: the whole model in one file")
    show_source(attention.Attention, "The code: the same layer, fast")


code()
