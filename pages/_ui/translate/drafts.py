"""A target that a model is writing: kept in the visitor's session, a token at every tick, each of
which somebody may choose instead."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from lm_core.errors import BadText, ContextTooLong
from pages._ui.shared import models
from pages._ui.shared.plain import safe

if TYPE_CHECKING:
    from lm_core.checkpoints import Checkpoint
    from lm_core.codecs import PairCodec
    from lm_core.generation.translating import TranslationSession

MOST_READ, MOST_WRITTEN = 300, 200  # tokens, where the model itself has no limit
PLACES = 6  # of the likeliest next tokens
MARK = "background:rgba(0,114,178,0.18);border-radius:4px"
CHOSEN = "text-decoration:underline dotted;text-decoration-thickness:2px"

Head = tuple[int, int | None]  # layer and head, from 0; None is the mean of its heads


@dataclass
class Draft:
    """A source, and what is written of its target so far."""

    begun: tuple  # what it was begun from; another model or text is another draft
    checkpoint: "Checkpoint" = field(repr=False)
    read: list[int]
    session: "TranslationSession" = field(repr=False)
    chosen: set[int] = field(default_factory=set)  # places where somebody else chose the token
    ended: bool = False
    left: int = 0  # tokens it still writes by itself

    @property
    def codec(self) -> "PairCodec":
        return self.checkpoint.codec

    @property
    def ids(self) -> list[int]:
        return self.session.ids

    @property
    def text(self) -> str:
        return self.codec.target.decode(self.ids)

    @property
    def full(self) -> bool:
        """Whether there is no room for another token."""
        return len(self.ids) + 1 >= room(self.checkpoint)

    @property
    def over(self) -> bool:
        return self.ended or self.full

    def expected(self, most: int = PLACES) -> list[tuple[int, float]]:
        """The likeliest next tokens and their probabilities, from the logits at hand."""
        shares = self.session.logits.float().softmax(-1)
        values, ids = shares.topk(min(most, len(shares)))
        return list(zip(ids.tolist(), values.tolist(), strict=True))

    def write(self, count: int) -> None:
        """Up to `count` more tokens, the likeliest each time."""
        for _ in range(count):
            if self.over:
                break
            self.take(int(self.session.logits.argmax()), chosen=False)
        self.left = 0 if self.over else max(0, self.left - count)

    def take(self, id: int, *, chosen: bool = True) -> None:
        """The next token is this one; the boundary ends the target."""
        if self.over:
            return
        if chosen:
            self.chosen.add(len(self.ids))
        if id == self.codec.target.boundary_id:
            self.ended = True
        else:
            self.session.step(id)

    def back(self) -> None:
        """One token less."""
        from lm_core.generation.translating import TranslationSession

        kept, self.left = list(self.ids), 0
        if self.ended:
            self.ended = False
        elif kept:
            boundary = self.codec.target.boundary_id
            self.session = TranslationSession(self.checkpoint.model, self.read, boundary)
            for id in kept[:-1]:
                self.session.step(id)
        self.chosen = {place for place in self.chosen if place < len(self.ids)}

    @property
    def heads(self) -> list[Head]:
        """Whose looks can be drawn: of each layer, the last first, the mean of its heads and each
        head. None where there is one look at most."""
        crosses = self.session.crosses
        if crosses is None:
            return []
        _, layers, heads, _ = crosses.shape
        return [(n, head) for n in reversed(range(layers)) for head in (None, *range(heads))]

    def looks(self, of: Head | None = None) -> "tuple[Any, list[str], list[str]] | None":
        """Shares (rows, S), the tokens of the source, and those of the target; None where the model
        has no attention. `of` is one of `heads`, where there are any."""
        shares = self.session.alignments
        if shares is None:
            return None
        if of is not None:
            layer, head = of
            every = self.session.crosses[:, layer]  # (rows, H, S)
            shares = every.mean(1) if head is None else every[:, head]
        source, target = self.codec.source.token_text, self.codec.target.token_text
        ids = [*self.ids, self.codec.target.boundary_id] if self.ended else self.ids
        return shares.numpy(), list(map(source, self.read)), list(map(target, ids))


def head_called(head: Head) -> str:
    """ "Layer 2, head 1", counted from 1."""
    layer, one = head
    return f"Layer {layer + 1}, {'mean of its heads' if one is None else f'head {one + 1}'}"


def room(checkpoint: "Checkpoint") -> int:
    """Tokens of a target at most, the boundary before it among them."""
    return min(MOST_WRITTEN, checkpoint.model.context_size or MOST_WRITTEN)


def ids_of(checkpoint: "Checkpoint", text: str) -> list[int]:
    """The tokens of a source.

    Raises:
        BadText: there are none.
        ContextTooLong: more than the model reads, or than this page has it read.
    """
    ids = checkpoint.codec.source.encode(text, skip_unknown=True).tolist()
    if not ids:
        raise BadText("There is nothing here that it can read: type a few words.")
    most = checkpoint.model.context_size or MOST_READ
    if len(ids) > most:
        raise ContextTooLong(
            f"This text has {len(ids):,} tokens and the model reads {most:,} at once: give it one "
            "sentence at a time."
        )
    return ids


def begin(choice: models.Choice, text: str) -> Draft:
    """A draft with nothing written yet.

    Raises:
        BadText, ContextTooLong: as `ids_of`.
        BadCheckpoint: the model's folder is damaged or gone.
    """
    from lm_core.generation.translating import TranslationSession

    checkpoint = models.load(choice)
    ids = ids_of(checkpoint, text)
    session = TranslationSession(checkpoint.model, ids, checkpoint.codec.target.boundary_id)
    return Draft(begun(choice, text), checkpoint, ids, session)


def begun(choice: models.Choice, text: str) -> tuple:
    return choice.folder, models.stamp(choice), text


def kept(key: str, choice: models.Choice, text: str) -> tuple[Draft, bool]:
    """The session's draft under `key`, and whether it had to be begun anew because the model or the
    text is another. Raises as `begin`, and then none is kept."""
    draft = st.session_state.get(key)
    if draft is not None and draft.begun == begun(choice, text):
        return draft, False
    st.session_state[key] = None
    draft = st.session_state[key] = begin(choice, text)
    return draft, True


def at_rest(key: str) -> bool:
    """Whether nothing under `key` is being written: then its fragment needs no clock."""
    draft = st.session_state.get(key)
    return draft is None or draft.left == 0


def as_html(draft: Draft, text: str) -> str:
    """Safe HTML: the source, and under it the target, the newest token marked and those that
    somebody chose underlined."""
    one, other = draft.codec.sides
    return (
        '<div style="overflow-wrap:anywhere;line-height:1.5">'
        f'<div class="ours" style="opacity:0.75">{safe(one)}</div>'
        f'<div style="white-space:pre-wrap;font-size:1.1rem">{safe(text)}</div>'
        f'<div class="ours" style="opacity:0.75;margin-top:0.6rem">{safe(other)}</div>'
        f'<div style="white-space:pre-wrap;font-size:1.15rem"><b>{_target(draft)}</b></div></div>'
    )


def _target(draft: Draft) -> str:
    decode, shown, before = draft.codec.target.decode, [], ""
    for place in range(len(draft.ids)):
        whole = decode(draft.ids[: place + 1])
        piece = whole[len(before) :] if whole.startswith(before) else whole
        style = CHOSEN if place in draft.chosen else ""
        if place == len(draft.ids) - 1 and not draft.ended:
            style = f"{MARK};{style}"
        shown.append(f'<span style="{style}">{safe(piece)}</span>' if style else safe(piece))
        before = whole
    style = "opacity:0.75;font-weight:normal"
    end = f' <span class="ours" style="{style}">■ ended</span>' if draft.ended else ""
    return "".join(shown) + end or "…"
