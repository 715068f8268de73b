"""The parts of the Attention screen: reading texts, pointing at a head or cell, the arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.checkpoints import Checkpoint
    from lm_core.inspection import AcrossReading, AttentionView, HeadReading

OPENED = "attention-opened"  # in the session: for what the heads were opened, and on which
# To begin with, the longest first: of whole words, of tokens that come again.
SENTENCES = (
    "We will build a new America, and a new world.",
    "The state of the Union is strong.",
    "We the people",
    "the people",
)
ITEMS = ("anastasia", "Anna", "anna")
LOOKED_AT, LIKED = 50, 9  # pairs among which a source to begin with is chosen; tokens that it has
LONGEST = 200  # tokens of a text that no context bounds


@dataclass(frozen=True, eq=False)
class Side:
    """One of a model's views, as it is drawn."""

    view: "AttentionView"
    rows: list[str]  # names of the tokens that look, repeated ones numbered apart
    columns: list[str]

    @property
    def name(self) -> str:
        return self.view.name

    @property
    def across(self) -> bool:
        """Whether one text looks at another."""
        return self.view.ids is None

    @cached_property
    def maps(self) -> Any:
        """(L, H, T, S) numpy, NaN where a row may not look."""
        return self.view.weights.masked_fill(~self.view.seen, float("nan")).numpy()

    @cached_property
    def heads(self) -> "list[HeadReading]":
        """What each head does with its own text; none where it looks at another."""
        from lm_core.inspection import read_heads

        view = self.view
        return [] if self.across else read_heads(view.weights, view.ids, view.seen)

    @cached_property
    def crossing(self) -> "list[AcrossReading]":
        """What each head does with the other text."""
        from lm_core.inspection import read_across

        view = self.view
        return read_across(view.weights, view.seen, nothing=view.nothing) if self.across else []


@dataclass(frozen=True)
class Reading:
    """Texts as their model sees them."""

    sides: dict[str, Side]  # by name of the view
    notes: tuple[str, ...] = ()  # what is not looked at, in sentences


@dataclass(frozen=True)
class Written:
    """What a model makes of a source by itself."""

    ids: tuple[int, ...]
    text: str
    ended: bool


NONE = Written((), "", ended=True)


def read(checkpoint: "Checkpoint", text: str) -> Reading | None:
    """The attention of every head on `text`; None when there is nothing to look at.

    Raises:
        BadText: characters the model does not know.
    """
    from lm_core.inspection import text_ids, views_of_text
    from lm_core.inspection.views import OTHER, views_in

    model, tokenizer = checkpoint.model, checkpoint.tokenizer
    ids = text_ids(tokenizer, text, items=checkpoint.items)
    if checkpoint.items and not model.causal:  # it has read where an item ends, too
        ids = _with_end(ids, tokenizer.boundary_id)
    kept = ids[-(model.context_size or len(ids)) :]
    if not len(kept):
        return None
    sides = _sides(views_of_text(model, kept, tokenizer))
    notes = []
    if dropped := len(ids) - len(kept):
        notes.append(
            f"The model's context is {len(kept):,} tokens: the first {dropped:,} of your text are "
            "left out here, as they are when it guesses."
        )
    if OTHER in views_in(model) and OTHER not in sides:
        notes.append(
            "Its encoder reads the beginning once more follows than it takes at once, which this "
            "text is too short for: give it more to see the other side, and across."
        )
    return Reading(sides, tuple(notes))


def read_pair(checkpoint: "Checkpoint", source: str, target: str) -> Reading | None:
    """The attention of every head while `source` is read and `target` is written, or what the model
    writes by itself where that is empty; None when there is nothing to read.

    Raises:
        BadText: characters the model does not know.
    """
    import torch

    from lm_core.charts.words import count
    from lm_core.inspection import views_of_pair

    model, codec = checkpoint.model, checkpoint.codec
    whole = codec.source.encode(source).tolist()
    ids, notes = whole[: _room(checkpoint)], []
    if not ids:
        return None
    if len(whole) > len(ids):
        notes.append(
            f"At most {len(ids):,} tokens of a source are read here: the last "
            f"{len(whole) - len(ids):,} of yours are left out."
        )
    if unknown := codec.source.count_unknown(source):
        times = count(unknown, "time")
        notes.append(f"What it never learned of your source it reads as unknown, {times}.")
    if target:
        all = codec.target.encode(target).tolist()
        written = all[: _room(checkpoint) - 1]
        if len(all) > len(written):
            notes.append(
                f"At most {len(written):,} tokens of a target are looked at: the last "
                f"{len(all) - len(written):,} of yours are left out."
            )
    else:
        made = translated(checkpoint, source)
        written = list(made.ids)[: _room(checkpoint) - 1]
        if not made.ended:
            notes.append(
                f"It had found no end after {len(made.ids):,} tokens: the rest is cut off."
            )
    views = views_of_pair(model, torch.tensor(ids), torch.tensor(written, dtype=torch.int64), codec)
    return Reading(_sides(views), tuple(notes))


def translated(checkpoint: "Checkpoint", source: str) -> Written:
    """What the model writes for a source by itself, the likeliest token each time.

    Raises:
        BadText: characters the model does not know.
    """
    ids = tuple(checkpoint.codec.source.encode(source).tolist()[: _room(checkpoint)])
    folder = checkpoint.folder
    return _translated(str(folder), models.written_at(folder), ids, checkpoint) if ids else NONE


@st.cache_data(max_entries=128, show_spinner=False)
def _translated(
    folder: str, changed: float, ids: tuple[int, ...], _checkpoint: "Checkpoint"
) -> Written:
    from lm_core.generation.translating import translate

    target = _checkpoint.codec.target
    most = min(2 * len(ids) + 10, _room(_checkpoint))
    b = target.boundary_id
    (found,) = translate(_checkpoint.model, [ids], boundary_id=b, max_tokens=most)
    return Written(tuple(found.ids), target.decode(found.ids), found.ended)


def _room(checkpoint: "Checkpoint") -> int:
    """Tokens of a source, and of a target with its boundary, that are looked at here."""
    return min(checkpoint.model.context_size or LONGEST, LONGEST)


def _with_end(ids: Any, boundary_id: int) -> Any:
    import torch

    return torch.cat([ids, torch.tensor([boundary_id])])


def _sides(views: "Sequence[AttentionView]") -> dict[str, Side]:
    from lm_core.charts.words import unique_labels

    return {v.name: Side(v, unique_labels(v.rows), unique_labels(v.columns)) for v in views}


def called(side: Side, checkpoint: "Checkpoint") -> str:
    """What a view is called where there are several."""
    from lm_core.codecs import PairCodec
    from lm_core.inspection.views import OTHER, OWN

    first, second = "the beginning", "all of it"
    if isinstance(checkpoint.codec, PairCodec):
        first, second = checkpoint.codec.sides
    parts = {OWN: second, OTHER: first}
    said = parts.get(side.name, f"{second} looks at {first}")
    return f"{side.name.capitalize()}: {plain(said)}"


def explained(side: Side, checkpoint: "Checkpoint") -> str:
    """What a row and a column of a view are."""
    from lm_core.codecs import PairCodec
    from lm_core.inspection.views import NOTHING, OTHER

    pair = isinstance(checkpoint.codec, PairCodec)
    tokenizer = checkpoint.codec.target if pair else checkpoint.tokenizer
    edge = plain(tokenizer.token_text(tokenizer.boundary_id))
    said = "A row is a token that looks, a column one it looks at; a row sums to 1. Click a cell."
    if side.across and pair:
        said = (
            "A row is a token that is being written, a column one of the source it looks at "
            f"meanwhile; a row sums to 1. Click a cell. {edge} is where the target ends."
        )
    elif side.name != OTHER and (pair or checkpoint.items):
        ends = "" if side.view.causal or side.across else ", and where it ends"
        said += f" {edge} is where a {'target' if pair else 'name'} begins{ends}."
    if side.view.nothing:
        said += f" {NOTHING} is a learned vector that is always there, and no token, to rest on."
    if not side.across and not side.view.causal:
        said += " It looks to both sides."
    elif not side.across and not _whole(side):
        said += " The second part looks back to where it begins: of the first it knows across."
    return said


def _whole(side: Side) -> bool:
    """Whether every token sees all before it."""
    return bool((side.view.seen.sum(-1) == side.view.seen.new_ones(len(side.rows)).cumsum(0)).all())


def offered(checkpoint: "Checkpoint") -> str:
    """A text to begin with: the first that the model knows the letters of and sees whole."""
    from lm_core.errors import BadText
    from lm_core.inspection import text_ids

    room = checkpoint.model.context_size
    for text in ITEMS if checkpoint.items else SENTENCES:
        try:
            ids = text_ids(checkpoint.tokenizer, text, items=checkpoint.items)
        except BadText:
            continue
        if room is None or len(ids) <= room:
            return text
    return ""


def offered_source(choice: models.Choice, checkpoint: "Checkpoint") -> str:
    """A source to begin with, of about LIKED tokens: one of those that its text keeps apart from
    what is learned, where that text is here."""
    codec, found = checkpoint.codec.source, []
    for text in _sources(choice.card.get("spec", {}).get("data", {})):
        if not codec.count_unknown(text):
            found.append((abs(len(codec.encode(text)) - LIKED), text))
    return min(found, default=(0, ""))[1]


@st.cache_data(max_entries=32, show_spinner="Reading the text …")
def _sources(data: dict) -> list[str]:
    """The first sources of the pairs that a run was scored on; none where they are not here."""
    from lm_core.corpora import corpora, is_ready
    from lm_core.errors import LabError
    from lm_core.runs.prepare import load_text
    from lm_core.runs.spec import CorpusSpec

    try:
        spec = CorpusSpec.from_dict(data)
        if spec.name != "own" and not (spec.name in corpora and is_ready(spec.name)):
            return []
        pairs = load_text(spec).splits.get("validation", [])
    except LabError:
        return []
    return [source for source, _ in pairs[:LOOKED_AT]]


def offer(text: str, key: str) -> str:
    """`text`, that a field of this key begins with; one that was offered with another model, and
    not changed since, makes room for it."""
    before = f"{key}-offered"
    if key in st.session_state and st.session_state[key] == st.session_state.get(before):
        st.session_state[key] = text
    st.session_state[before] = text
    return text


def open_head(side: Side, of: tuple, layer: str, head: str) -> tuple[int, int]:
    """Where to open the heads of another model, text or side (`of` says which): on the one that
    does most of what is seen at once, across on the most decided. One that the visitor has chosen
    stays."""
    best = max(side.heads, key=lambda head: head.visible, default=None)
    best = best or min(side.crossing, key=lambda head: (head.nothing, head.entropy), default=None)
    found = (best.layer, best.head) if best else (0, 0)
    opened_of, opened = st.session_state.get(OPENED, (None, None))
    if opened_of != of:
        now = (st.session_state.get(layer), st.session_state.get(head))
        if opened is not None and now == opened != found:
            st.session_state[layer], st.session_state[head] = found
        st.session_state[OPENED] = (of, found)
    return found


def pointed(chart_key: str, *into: str) -> None:
    """A click on a chart puts its two numbers into the widgets of these keys."""
    points = st.session_state[chart_key]["selection"]["points"]
    place = points[0].get("customdata") if points else None
    if place is not None and len(place) == len(into):
        for key, number in zip(into, place, strict=True):
            st.session_state[key] = int(number)


def strongest_look(weights: Any, *, across: bool = False, nothing: int = 0) -> tuple[int, int]:
    """(row, column) of the largest weight given to another token; (0, 0) where there is none.

    Args:
        across: columns are of another text, the first `nothing` of no token.
    """
    import numpy as np

    others = np.nan_to_num(weights)
    if across:
        others[:, :nothing] = 0
    else:
        np.fill_diagonal(others, 0)
    row, column = np.unravel_index(int(others.argmax()), others.shape)
    return int(row), int(column)


def notice(side: Side) -> str:
    """What the heads do on this text, read off their weights."""
    if side.across:
        return _across(side)
    if not side.heads:
        return "A single token has only itself to look at: give it more."
    says = [_beside(side.heads, "previous", "previous token", "just before")]
    if not side.view.causal:
        says.append(_beside(side.heads, "following", "next token", "just after"))
    says.extend(_again(side.heads))
    first = [head for head in side.heads if head.kind == "first token"]
    if first:
        says.append(
            f"{len(first)} rest on the first token, as heads do that have nothing to look for"
            if len(first) > 1
            else f"{_name(first[0])} rests on the first token, as heads do with nothing to look for"
        )
    return "; ".join([*says, *_decided(side.heads)]) + "."


def _beside(heads: "list[HeadReading]", share: str, kind: str, where: str) -> str:
    """How many heads look mostly at the token beside, on one side."""
    from lm_core.charts.words import percent

    there = [head for head in heads if head.kind == kind]
    best = max(there or heads, key=lambda head: getattr(head, share))
    most = percent(getattr(best, share))
    if not there:
        return (
            f"no head looks mostly at the token {where} here; the most any gives it is {most}, "
            f"{_name(best)}"
        )
    if len(there) > 1:
        return (
            f"{len(there)} of {len(heads)} heads look mostly at the token {where}, most of all "
            f"{_name(best)} ({most} on average)"
        )
    return f"{_name(best)} looks mostly at the token {where} ({most} on average)"


def _across(side: Side) -> str:
    """What the heads do with the other text."""
    from lm_core.charts.words import percent

    heads = side.crossing
    if not heads:
        return "There is a single token to look at, which gets all: give it more."
    says = []
    resting = max(heads, key=lambda head: head.nothing)
    if side.view.nothing and len(heads) > 1:
        says.append(
            f"{_name(resting)} rests most on {side.columns[0]}, which is no token "
            f"({percent(resting.nothing)} on average)"
        )
    along = [head for head in heads if head.onward == head.onward]
    if along and len(side.rows) > 2:
        best = max(along, key=lambda head: head.onward)
        who = _name(best) if len(heads) > 1 else "it"
        says.append(
            f"in {percent(best.onward)} of the steps from one token to the next {who} stays where "
            "it looks most, or moves on"
        )
    return "; ".join([*says, *_decided(heads, "columns" if side.view.nothing else "tokens")]) + "."


def _decided(heads: Sequence[Any], tokens: str = "tokens") -> list[str]:
    """The heads that share their look among fewest and among most."""
    sharp = min(heads, key=lambda head: head.entropy)
    broad = max(heads, key=lambda head: head.entropy)
    if len(heads) == 1:
        return [f"it shares its look among some {sharp.breadth:.1f} {tokens}"]
    return [
        f"{_name(sharp)} is the most decided (it shares its look among some {sharp.breadth:.1f} "
        f"{tokens}), {_name(broad)} the least (among {broad.breadth:.1f})"
    ]


def _again(heads: "list[HeadReading]") -> list[str]:
    """What the heads make of tokens that came before, where any did."""
    from lm_core.charts.words import percent

    if any(head.after_repeat != head.after_repeat for head in heads):
        return []
    after = max(heads, key=lambda head: head.after_repeat)
    copy = max(heads, key=lambda head: head.repeated)
    said = (
        f"where a token stands further back already, {_name(copy)} gives that copy "
        f"{percent(copy.repeated)}, and {_name(after)} the token after the copy "
        f"{percent(after.after_repeat)}"
    )
    return [said + ", as if it asked how it went on last time" * (after.kind == "after a copy")]


def head_table(side: Side) -> None:
    """Every head in figures."""
    import pandas as pd

    columns = {"layer": "layer", "head": "head"}
    if side.across:
        columns |= {"nothing": f"to {side.columns[0]}"} if side.view.nothing else {}
        columns |= {"onward": "steps onward (share)"}
    else:
        columns |= {"kind": "looks mostly at", "previous": "to the one before"}
        columns |= {} if side.view.causal else {"following": "to the one after"}
        columns |= {"itself": "to itself", "first": "to the first"}
        columns |= {"repeated": "to an earlier copy", "after_repeat": "to what came after a copy"}
    columns |= {"entropy": "entropy (nats)", "breadth": "spread (tokens)"}
    heads = [
        replace(head, layer=head.layer + 1, head=head.head + 1)
        for head in side.heads or side.crossing
    ]
    rows = [[getattr(head, name) for name in columns] for head in heads]
    table = pd.DataFrame(rows, columns=list(columns.values())).round(3).dropna(axis="columns")
    show_table(table, key="attention-heads", height=300)


def arithmetic(side: Side, layer: int, head: int, row: int, column: int, *, writes: bool) -> None:
    """How one weight came about, with the numbers of this very pass.

    Args:
        writes: the row is named after what is being written, and asks before it is there.
    """
    import pandas as pd

    from lm_core.charts.words import percent

    cell = side.view.cell(layer, head, row, column)
    D = len(cell.q)
    asks, offers = plain(side.rows[row]), plain(side.columns[column])
    place, grown = cell.place, cell.scores.double().exp()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(
            f"{'What becomes ' * writes}**{asks}** asks (q) and **{offers}** offers (k), {D} "
            "numbers each. How well they fit is their product:"
        )
        product, given = r"\frac{q \cdot k}{\sqrt{D}}", rf"\frac{{{cell.dot:.3f}}}{{\sqrt{{{D}}}}}"
        if side.view.bias is not None:
            off = cell.dot * cell.scale - cell.score
            product, given = rf"{product} - \text{{distance}}", f"{given} - {off:.3f}"
        st.latex(f"{product} = {given} = {cell.score:.3f}")
        st.markdown("The softmax turns the scores of the whole row into shares that sum to 1:")
        st.latex(
            rf"\frac{{e^{{{cell.score:.3f}}}}}{{\text{{sum of the row}}}} = "
            rf"\frac{{{grown[place]:.3f}}}{{{grown.sum():.3f}}} = {cell.weight:.3f}"
        )
        st.caption(f"So it takes {percent(cell.weight)} of what it passes on from there.")
    with right:
        table = pd.DataFrame(
            {
                "looked at": [side.columns[i] for i in cell.seen.tolist()],
                "q·k / √D" if side.view.bias is None else "score": cell.scores.tolist(),
                "e to that": grown.tolist(),
                "share": cell.weights.tolist(),
            }
        )
        show_table(table.round(4), key="attention-shares", height=230 if len(table) > 6 else "auto")
        with st.popover("q and k, number by number", type="tertiary"):
            numbers = {
                "q": cell.q.tolist(),
                "k": cell.k.tolist(),
                "q × k": (cell.q * cell.k).tolist(),
            }
            show_table(pd.DataFrame(numbers).round(4), key="attention-qk", height=260)


def _name(head: "HeadReading | AcrossReading") -> str:
    return f"layer {head.layer + 1} head {head.head + 1}"
