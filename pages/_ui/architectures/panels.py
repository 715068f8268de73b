"""The parts of the Architectures screen: the ladder of families, what one is, how large it is."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.architectures import families
from pages._ui.shared import address
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.charts.chart import Chart
    from lm_core.models.costs import Costs
    from lm_core.registry import Entry
    from lm_core.settings import Settings

CHOSEN = "architectures-family"  # in the session, and in the address
WIDE = 58  # characters of an equation that fit beside the paper
PARTS, SMALL = 8, 0.005  # with more parts, those of less than this share are added up
LABEL = 20  # characters of a part that fit beside its bar


def choose(first: str) -> "Entry":
    """All families, rung by rung; one is chosen, and it is kept in the address."""
    ladder = families.rungs()
    by_title = {entry.title: entry for _, entries in ladder for entry in entries}
    given = address.get(CHOSEN)
    if given in by_title and address.brought(CHOSEN):
        st.session_state[CHOSEN] = given
    if CHOSEN not in st.session_state:
        named = next(title for title, entry in by_title.items() if entry.name == first)
        st.session_state[CHOSEN] = given if given in by_title else named
    chosen = st.session_state[CHOSEN]
    with st.container(horizontal=True, gap="small"):
        for rung, entries in ladder:
            titles = [entry.title for entry in entries]
            key = f"architectures-{rung}"
            st.session_state[key] = chosen if chosen in titles else None
            st.pills(
                rung,
                titles,
                required=True,
                key=key,
                on_change=_chosen,
                args=(key,),
                width="content",
                wrap=True,
            )
    if address.get(CHOSEN) != chosen:
        st.query_params[CHOSEN] = chosen
    return by_title[chosen]


def _chosen(key: str) -> None:
    """One of five controls was clicked; the others follow at the next run."""
    st.session_state[CHOSEN] = st.session_state[key] or st.session_state[CHOSEN]


def describe(entry: "Entry") -> None:
    """Idea, equation, paper, and what is left out."""
    said = families.about(entry)
    st.markdown(f"**{entry.title}.** {entry.idea} {said.worth}".rstrip())
    wide = max(map(len, said.equation.splitlines()), default=0) > WIDE
    left, right = (st.container(), st.container()) if wide else st.columns([3, 2], gap="medium")
    if said.equation:
        left.code(said.equation, language=None, wrap_lines=True)
    lines = [f"**Paper:** {said.paper}."]
    if said.left_out:
        lines.append(f"**Left out on purpose:** {said.left_out}")
    if families.sees_both_sides(entry):
        lines.append("It sees both sides of a place, so its surprise compares with no other's.")
    if families.only_translates(entry):
        lines.append("It reads one text and writes another: it learns from pairs of texts alone.")
    right.caption("  \n".join(lines))


def figures(size: families.Size, costs: "Costs | None") -> None:
    """Parameters, memory and cost as three numbers."""
    from lm_core.charts.words import bytes_size, human

    with st.container(horizontal=True, gap="medium"):
        in_all = f"{size.parameters:,} numbers that training adjusts."
        st.metric("Parameters", human(size.parameters), help=in_all, width="content")
        in_full = f"{size.bytes:,} bytes. While it trains with AdamW, about four times as much."
        st.metric("Memory in bytes", bytes_size(size.bytes), help=in_full, width="content")
        if costs is not None and costs.total("operations"):
            st.metric(
                "Operations a token",
                families.operations(costs),
                help="Multiplications and additions of a forward pass over a full context, for "
                "each of its tokens. What it costs, below, has the formula.",
                width="content",
            )


def learned(size: families.Size, costs: "Costs | None") -> None:
    """Where the parameters of a family that learns by gradient are."""
    if size.parameters:
        figures(size, costs)
    if size.counters:
        named = " and ".join(size.counters)
        st.info(
            f"{named}: this part counts. It stores nothing before it has read a text, so it is not "
            "in these figures."
            if size.parameters
            else f"{named}: both parts count, and store nothing before they have read a text."
        )
    if size.parameters:
        light = st.context.theme.type == "light"
        show_chart(_bars(tuple(_shown(size)), light), key="architectures-parts")


@st.cache_resource(max_entries=64, show_spinner=False)
def _bars(parts: tuple[tuple[str, int], ...], light: bool) -> "Chart":
    """The picture of so many parameters: one for light pages and one for others, since a picture
    takes on the ink of its page when it is shown."""
    from lm_core.charts.sizes import parameter_bars

    return parameter_bars(parts)


def _shown(size: families.Size) -> list[tuple[str, int]]:
    """The parts under short names; of many, the smallest are added up."""
    few = len(size.parts) <= PARTS
    large = [(name, n) for name, n in size.parts if few or n >= SMALL * size.parameters]
    parts = [(name.replace("blocks.", ""), n) for name, n in large]
    parts = [(p if len(p) <= LABEL else p.replace(".attention.", "."), n) for p, n in parts]
    rest = len(size.parts) - len(large)
    if rest:
        parts.append((f"{rest} small parts", size.parameters - sum(n for _, n in parts)))
    return parts


def notice(size: families.Size, vocab_size: int) -> None:
    """How much of a model its vocabulary takes."""
    from lm_core.charts.words import percent

    if not size.parameters:
        return
    if size.of_vocabulary == size.parameters:
        st.markdown(
            f"**What to notice:** {size.parameters:,} numbers, one for every pair of its "
            f"{vocab_size:,} tokens: twice the tokens make four times the table."
        )
        return
    st.markdown(
        f"**What to notice:** {percent(size.of_vocabulary / size.parameters)} of the parameters "
        f"belong to the vocabulary, {size.of_vocabulary // vocab_size:,} for each of its "
        f"{vocab_size:,} tokens. The others are the same for any text."
    )


def shapes(entry: "Entry", settings: "Settings", size: families.Size, vocab_size: int) -> None:
    """The shape of every step of a real run."""
    from lm_core.charts.sizes import shape_table
    from lm_core.inspection.shapes import RUNNABLE

    st.header("Shapes of every step")
    if size.parameters > RUNNABLE:
        st.info(
            f"Above {RUNNABLE / 1e6:.0f} million parameters the shapes are not run here: choose a "
            "smaller width, fewer layers or a smaller vocabulary to see them."
        )
        return
    rows = families.shapes(entry.name, settings.to_dict(), vocab_size)
    pairs, (B, T) = families.only_translates(entry), rows[0][1]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_table(shape_table(rows), key="architectures-shapes")
    flat = any(len(shape) < 3 for _, shape in rows[1:])
    in_a_row = " Where there are two, the tokens of all texts stand in one row." if flat else ""
    over, ids = f"{B} texts of {T} tokens", f"tokens go in as ids ({B} × {T})"
    if pairs:
        over = f"{B} pairs: a source of {T} tokens, a target of {rows[1][1][1]}"
        ids = f"tokens of both go in as ids ({B} × {T}, {B} × {rows[1][1][1]}), those of the target"
    states = [name.rpartition(".")[2] for name, _ in rows if name.endswith((".hn", ".cn"))]
    kept = ""
    if states:
        named = " and ".join(dict.fromkeys(states))
        kept = f" {named}, what it keeps after the last token, count layers, texts and units."
    right.markdown(
        f"A real run over {over}. Of three numbers in a shape the first counts "
        "texts, the second tokens, the third the numbers that stand for a token there."
        f"{in_a_row}{kept} Steps are called as in the code.\n\n"
        f"**What to notice:** {ids} and come out as logits, "
        f"{vocab_size:,} scores at every place: one for each token that may come next. Of several "
        "equal blocks the first is shown."
    )


def source(entry: "Entry") -> None:
    """The code of the family: the whole of it in one plain file, then what the lab runs."""
    from lm_core.models.plain import lesson

    plain = lesson(entry.build)
    if plain is None:
        show_source(entry.build)
        return
    show_source(plain, "The code: the whole model in one file")
    show_source(entry.build, "The code: the same, fast")
    st.caption(
        "The first is the lesson: it needs PyTorch alone, and learns something when it is run "
        "by itself. The second is what the lab runs. A test holds the two equal."
    )
