"""Texts as a model with attention sees them: its own side, the other side, across."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.charts.stack import Stack
    from lm_core.checkpoints import Checkpoint
    from lm_core.inspection import AcrossReading, AttentionView, HeadReading

LONGEST = 256  # tokens of a source or target; readings of so many are kept
MOST = 512  # tokens of one text


@dataclass(frozen=True, eq=False)
class Side:
    """One of a model's views, as it is drawn."""

    view: "AttentionView"
    rows: list[str]  # names of the tokens that look, repeated ones numbered apart
    columns: list[str]
    looking: str = "looking"  # what they do meanwhile

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
    def stack(self) -> "Stack":
        """All of them, for the browser to draw."""
        from lm_core.charts.head_stack import head_stack

        view = self.view
        columns = view.columns if self.across else None
        how = {"columns": columns, "causal": view.causal, "looking": self.looking}
        return head_stack(self.maps, view.rows, **how)

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
    from lm_core.inspection import text_ids

    model, tokenizer = checkpoint.model, checkpoint.tokenizer
    ids = text_ids(tokenizer, text, items=checkpoint.items)
    if checkpoint.items and not model.causal:  # it has read where an item ends, too
        ids = _with_end(ids, tokenizer.boundary_id)
    kept = ids[-min(model.context_size or MOST, MOST) :]
    if not len(kept):
        return None
    notes = []
    if dropped := len(ids) - len(kept):
        bound = f"The model's context is {len(kept):,} tokens"
        whole = len(kept) == model.context_size
        notes.append(
            f"{bound if whole else f'At most {MOST} tokens are looked at here'}: the first "
            f"{dropped:,} of your text are left out{' here, as they are when it guesses' * whole}."
        )
    folder = checkpoint.folder
    if len(kept) > LONGEST:
        return _looked_at(checkpoint, kept, notes)
    # Those of a run's earlier steps stand in one folder.
    which = str(folder), models.written_at(folder), checkpoint.meta.get("step")
    return _kept_reading(*which, tuple(kept.tolist()), tuple(notes), checkpoint)


@st.cache_resource(max_entries=8, show_spinner=False)
def _kept_reading(
    folder: str,
    changed: float,
    step: int | None,
    ids: tuple[int, ...],
    notes: tuple[str, ...],
    _checkpoint: "Checkpoint",
) -> Reading:
    """One that was read is looked at from many places: head by head, cell by cell."""
    import torch

    return _looked_at(_checkpoint, torch.tensor(ids), list(notes))


def _looked_at(checkpoint: "Checkpoint", ids: Any, notes: list[str]) -> Reading:
    from lm_core.inspection import views_of_text
    from lm_core.inspection.views import OTHER, views_in

    model = checkpoint.model
    sides = _sides(views_of_text(model, ids, checkpoint.tokenizer))
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
    return Reading(_sides(views, across="writing"), tuple(notes))


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


def _sides(views: "Sequence[AttentionView]", across: str = "looking") -> dict[str, Side]:
    """`across`: what the tokens do that look at another text."""
    from lm_core.charts.words import unique_labels

    return {
        v.name: Side(
            v,
            unique_labels(v.rows),
            unique_labels(v.columns),
            across if v.ids is None else "looking",
        )
        for v in views
    }


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
