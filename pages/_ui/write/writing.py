"""A text that a model is writing: kept in the visitor's session, a few tokens at every tick.

A page draws the draft in a fragment. While it is not `at_rest` the fragment has a clock
(`run_every`), each tick writes some tokens, and any click is answered between two ticks.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.show import show_chart

if TYPE_CHECKING:
    from lm_core.checkpoints import Checkpoint
    from lm_core.generation import SamplerSettings
    from lm_core.generation.writer import Candidate, Writer

WINDOW = 8  # tokens that are decoded together with a new one, for its spaces and split letters
MOST_WRITTEN = 2000  # tokens of one draft
MOVING = "Bars of what the model expects next; the words and numbers are under the picture."


@dataclass(frozen=True)
class Branch:
    """A text that is kept: what stands after the prompt, as a draft has it."""

    ids: list[int]
    probabilities: list[float]
    pieces: list[str]
    samplers: "list[SamplerSettings | None]"
    said: str  # where it came from


@dataclass
class Draft:
    """A prompt and what a model has written after it so far."""

    begun: tuple  # what it was begun from; another model, prompt or seed is another draft
    prompt: str
    checkpoint: "Checkpoint" = field(repr=False)
    writer: "Writer" = field(repr=False)
    pieces: list[str] = field(default_factory=list)  # text of each written token
    # That each was drawn with; None where it was chosen by hand.
    samplers: "list[SamplerSettings | None]" = field(default_factory=list)
    left: int = 0  # tokens it still writes by itself
    pace: int = 1  # and how many of them at a tick
    branches: "list[Branch]" = field(default_factory=list)  # other ways it could go on
    draws: int = 0  # branches that were drawn so far: each has a seed of its own

    @property
    def text(self) -> str:
        return self.prompt + "".join(self.pieces)

    def write(self, count: int, sampler: "SamplerSettings", stop: str = "") -> None:
        """Up to `count` more tokens, none after the characters `stop`."""
        for _ in range(min(count, MOST_WRITTEN - len(self.pieces))):
            self.writer.step(sampler)
            self._wrote(sampler)
            if stop and self._ends_with(stop):
                self.left = 0
                return
        self.left = max(0, self.left - count) if len(self.pieces) < MOST_WRITTEN else 0

    def take(self, id: int) -> None:
        """One more token, chosen by hand."""
        if len(self.pieces) < MOST_WRITTEN:
            self.writer.take(id)
            self._wrote(None)

    def back_to(self, length: int) -> None:
        """Take back all but the first `length` written tokens."""
        self.writer.back_to(length)
        del self.pieces[length:], self.samplers[length:]
        self.left = 0

    def branch(self, said: str) -> Branch:
        """What is written now, to be returned to."""
        writer = self.writer
        kept = writer.written[:], writer.probabilities[:], self.pieces[:], self.samplers[:]
        return Branch(*kept, said)

    def resume(self, branch: Branch) -> None:
        """Go on after a text that was kept."""
        self.writer.resume(branch.ids, branch.probabilities)
        self.pieces, self.samplers, self.left = branch.pieces[:], branch.samplers[:], 0

    def expected(self, sampler: "SamplerSettings", most: int = 8) -> list["Candidate"]:
        """The likeliest next tokens, from the logits at hand: nothing is computed anew."""
        from lm_core.generation.writer import candidates

        before = self.writer.prompt + self.writer.written
        return candidates(self.writer.logits, sampler, most, before=before)

    def possible(self, at: int, most: int = 8) -> list["Candidate"]:
        """What could have stood where written token number `at` stands, under the settings it was
        drawn with (as they are, where it was chosen by hand); itself in any case."""
        from lm_core.generation.writer import AS_THEY_ARE, candidates

        writer, sampler = self.writer, self.samplers[at] or AS_THEY_ARE
        ids = writer.prompt + writer.written[:at]
        return candidates(
            writer.logits_at(at), sampler, most, before=ids, chosen=writer.written[at]
        )

    def _wrote(self, sampler: "SamplerSettings | None") -> None:
        self.pieces.append(self._last_piece())
        self.samplers.append(sampler)

    def _ends_with(self, stop: str) -> bool:
        """Whether the newest token completed it."""
        tail = "".join(self.pieces[-len(stop) - WINDOW :])
        new = len(self.pieces[-1]) + len(stop) - 1  # where it would be found
        return stop in tail[-new:] if new else False

    def _last_piece(self) -> str:
        """What the newest token adds to the text: words bring their own space, and the bytes of a
        letter wait until it is whole."""
        tokenizer, few = self.checkpoint.tokenizer, WINDOW + 1
        tail = [*self.writer.prompt[-few:], *self.writer.written[-few:]][-few:]
        before = tokenizer.decode(tail[:-1]).rstrip("\ufffd")
        after = tokenizer.decode(tail).rstrip("\ufffd")
        piece = after[len(before) :] if after.startswith(before) else ""
        if tokenizer.lossless:
            return piece
        last = next((piece for piece in reversed(self.pieces) if piece), self.prompt)
        return piece.lstrip(" ") if last[-1:] in ("", " ", "\n") else piece


def begin(choice: models.Choice, prompt: str, seed: int) -> Draft:
    """A draft with nothing written yet.

    Raises:
        BadText: the prompt holds a character that the model's tokenizer never saw.
        BadCheckpoint: the model's folder is damaged or gone.
    """
    from lm_core.generation.engine import prompt_ids
    from lm_core.generation.writer import Writer

    checkpoint = models.load(choice)
    ids = prompt_ids(checkpoint.tokenizer, prompt, items=choice.items)
    writer = Writer(checkpoint.model, ids, seed=seed)
    return Draft((choice.folder, prompt, seed), prompt, checkpoint, writer)


def kept(key: str, choice: models.Choice, prompt: str, seed: int) -> tuple[Draft, bool]:
    """The session's draft under `key`, and whether it had to be begun anew because the model, the
    prompt or the seed is another. Raises as `begin`, and then none is kept."""
    draft = st.session_state.get(key)
    if draft is not None and draft.begun == (choice.folder, prompt, seed):
        return draft, False
    st.session_state[key] = None
    draft = st.session_state[key] = begin(choice, prompt, seed)
    return draft, True


def at_rest(key: str) -> bool:
    """Whether nothing under `key` is being written: then its fragment needs no clock."""
    draft = st.session_state.get(key)
    return draft is None or draft.left == 0


def show_bars(draft: Draft, sampler: "SamplerSettings", *, key: str, places: int = 8) -> None:
    """What could come next, and how likely; moves in place."""
    from lm_core.charts.live_bars import live_token_bars

    expected = draft.expected(sampler, places)
    token_text = draft.checkpoint.tokenizer.token_text
    chart = live_token_bars(
        [token_text(c.id) for c in expected], [c.probability for c in expected], places=places
    )
    show_chart(chart, key=key, alt=MOVING)
