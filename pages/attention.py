"""Attention: who looks at whom, in every head, and the arithmetic behind one look."""

import streamlit as st

from pages._ui.inside import attention, further, noticed, offers, sides
from pages._ui.inside.look import Look
from pages._ui.shared import front_door, models, session
from pages._ui.shared.begun import begun
from pages._ui.shared.matrices import all_small, hold, one_large, shades_said
from pages._ui.shared.numbered import choose
from pages._ui.shared.plain import plain
from pages._ui.shared.show import data_of, show_source
from pages._ui.shared.switch import switch

LAYER, HEAD, ROW, COLUMN = (f"attention-{what}" for what in ("layer", "head", "row", "column"))
TEXT, NAME, SOURCE, TARGET = (f"attention-{w}" for w in ("text", "name", "source", "target"))
VIEW, PICTURE = "attention-view", "attention-picture"
ALL, ONE = "attention-all", "attention-one"
BIND = "query-params"

front_door.enter()
st.title("Attention")
st.write(
    "Before it guesses, each token looks at others, most often those before it, and takes "
    "something from them: attention."
)
controls = st.columns([4, 3, 1], vertical_alignment="bottom")
with controls[1]:
    choices = models.with_attention()
    if not choices:
        st.info("No model with attention is here yet: train a Transformer on the Train screen.")
        st.stop()
    choice = models.pick(choices, models.labels(choices), key="attention-model")
checkpoint = models.load(choice)


def fields() -> tuple[str | None, str]:
    """What is to be read, None where it cannot be; and of a translator what is to be written, empty
    for what it writes by itself."""
    if not choice.of_pairs:
        field, label = (NAME, "Your name") if choice.items else (TEXT, "Your sentence")
        begin = offers.offer(offers.offered(checkpoint), field)
        text = controls[0].text_input(label, **begin, max_chars=5000, key=field, bind=BIND)
        if checkpoint.model.causal:
            st.button(
                "Let it write on",
                type="tertiary",
                key="attention-on",
                on_click=offers.write_on,
                args=(checkpoint, field),
                help="The model goes on from your text, and looks at what it wrote.",
            )
        return text, ""
    first, second = map(plain, checkpoint.codec.sides)
    begin = offers.offer(offers.offered_source(choice, checkpoint), SOURCE)
    source = controls[0].text_input(
        f"Your source: {first}", **begin, max_chars=5000, key=SOURCE, bind=BIND
    )
    written = None
    with session.mending():
        written = sides.translated(checkpoint, source).text
    target = st.text_input(
        f"Target: {second}",
        placeholder=written or "",
        max_chars=5000,
        key=TARGET,
        bind=BIND,
        help="Left empty: what the model writes by itself, the likeliest token each time.",
    )
    return None if written is None else source, target


source, target = fields()
controls[2].button("Look", type="primary", width="stretch", key="attention-look")

if source is None:
    st.stop()
reading = None
with session.mending():  # the text stays where it is
    reading = (
        sides.read_pair(checkpoint, source, target)
        if choice.of_pairs
        else sides.read(checkpoint, source)
    )
    if reading is None:
        st.info("Type a word or a sentence to look at.")
if reading is None:
    st.stop()
for note in reading.notes:
    st.info(note)


def pick_side() -> sides.Side:
    """The view to look at, of a model that has several: of a translator at first across."""
    known = reading.sides
    if len(known) == 1:
        return next(iter(known.values()))
    usual = list(known)[-1 if choice.of_pairs else 0]
    if st.session_state.get(VIEW, usual) not in known:
        del st.session_state[VIEW]
    begin = begun(VIEW, default=usual)
    chosen = st.segmented_control(
        "Who looks at whom",
        list(known),
        **begin,
        required=True,
        format_func=lambda name: sides.called(known[name], checkpoint),
        key=VIEW,
        bind=BIND,
    )
    return known[chosen]


def all_heads(side: sides.Side) -> tuple[int, int]:
    """All heads to pick from; returns layer and head of the one picked."""
    L, H, _, _ = side.maps.shape
    opening = attention.open_head(side, of, LAYER, HEAD)
    with st.container(border=True, height="stretch"):
        places = st.columns(2)
        with places[0]:
            names = [str(i + 1) for i in range(L)]
            layer = choose("Layer", names, key=LAYER, default=opening[0])
        with places[1]:
            names = [str(i + 1) for i in range(H)]
            head = choose("Head", names, key=HEAD, default=opening[1])
        hold(side.stack, key="attention-held")
        all_small(
            side.stack,
            (layer, head),
            key=ALL,
            label="Layer and head",
            height=430,
            on_move=lambda *place: attention.moved(place, (LAYER, HEAD)),
        )
        data_of(side.stack.whole, key=ALL)
        st.caption(
            "Each picture is a head: one way of looking. A layer has several, and the next layer "
            "looks at what they found. Click a picture, go there with the arrow keys, or choose "
            "above."
            if L * H > 1
            else "This model has one head: one way of looking."
        )
    return layer, head


def one_head(side: sides.Side, layer: int, head: int, cell: tuple[int, int]) -> None:
    """The one picked, large, with a cell framed."""
    with st.container(border=True, height="stretch"):
        pictures = {"map": "Map", "lines": "Lines between words"}
        if switch("Picture of the head", pictures, key=PICTURE) == "map":
            one_large(
                side.stack,
                (layer, head),
                cell=cell,
                key=ONE,
                height=480,
                on_press=lambda *place: attention.moved(place, (LAYER, HEAD, ROW, COLUMN)),
            )
            data_of(side.stack.one(layer, head), key=ONE)
            st.caption(sides.explained(side, checkpoint) + shades_said(side.stack))
        else:
            attention.lines(side, layer, head, dark=st.context.theme.type == "dark")


def one_cell(side: sides.Side, layer: int, head: int) -> tuple[int, int]:
    """The arithmetic of a cell; returns its row and column."""
    st.header("The arithmetic of one cell")
    if side.view.q is None:
        st.write(
            "This model scores a look in another way than by the product of a query and a key, as "
            "its code below says: its arithmetic is left out here."
        )
        return attention.pressed_cell(side, (*of, layer, head))
    writes = side.across and choice.of_pairs
    labels = ("Writing" if writes else "Looking", "Looked at")
    cell = row, column = attention.choose_cell(side, (*of, layer, head), labels, (ROW, COLUMN))
    if not side.view.seen[row, column]:
        st.info("This token may not look there: choose a cell of the picture that has a colour.")
        return cell
    attention.arithmetic(side, layer, head, row, column, writes=writes)
    if side.view.v is not None and not side.across and not choice.of_pairs:
        query = {
            "averaging-step": "6 In a model",
            "averaging-model": st.session_state["attention-model"],
            "averaging-text": source,
            "averaging-layer": str(layer + 1),
            "averaging-head": str(head + 1),
        }
        label = "On to the values: what it takes, and what the head adds →"
        st.page_link("pages/from_averaging_to_attention.py", label=label, query_params=query)
    return cell


side = pick_side()
of = (str(choice.folder), source, target, side.name)
left, right = st.columns([2, 3], gap="medium")
with left:
    layer, head = all_heads(side)
st.markdown(f"**What to notice:** {noticed.notice(side)}")
cell = one_cell(side, layer, head)
with right:  # it frames the cell that is chosen below
    one_head(side, layer, head, cell)
if side.heads or side.crossing:
    with st.expander("Every head in figures"):
        noticed.head_table(side)


further.further(Look(choice, checkpoint, reading, side, layer, head, source, target))


def code() -> None:
    """Attention alone, the lesson it is part of, and the layer that the lab runs."""
    from lm_core.models import attention
    from lm_core.models.plain import lesson

    plain_file, fast = lesson(type(checkpoint.model)), side.view.q is not None
    if fast:
        show_source(attention.attend, "The code: attention written out")
    if plain_file is not None:
        show_source(plain_file, "The code: the whole model in one file")
    show_source(
        attention.Attention if fast else type(checkpoint.model), "The code: the same layer, fast"
    )


code()
