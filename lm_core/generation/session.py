"""A model and what it has read so far: push the next ids, have the logits of those that follow.

    session = Session(model, ids)          # (B, N) ids, read at once
    session.logits                         # (B, V) of the next token
    session.push(chosen)                   # (B,) one more token each: the next logits
    session.pick(rows)                     # go on with these rows alone, as beams do

Whoever writes does it through one of these. It knows ids, not text, and chooses nothing. When a
limited context is full, the last half of it is read again and writing goes on from there.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from lm_core.models.contract import LanguageModel, evaluating, numbers_only, picked


class Session:
    """Args:
    ids: (B, N) int64, N >= 1, on the model's device.
    room: tokens that will be pushed, where that is known; more are taken too.
    cached: the hidden state is carried on; else everything in the window is read for every token,
        which is the plain twin and gives the same logits.
    branches: rows will be picked, so the state has to stay at hand; `model.steps`, which is
        quicker, keeps it to itself.

    Raises:
        BadCheckpoint: weights too large to compute with; `push` too.
    """

    def __init__(
        self,
        model: LanguageModel,
        ids: Tensor,
        *,
        room: int = 0,
        cached: bool = True,
        branches: bool = False,
    ) -> None:
        self.model, self.cached, self.branches = model, cached, branches
        self.length = ids.size(1)
        self._ids = torch.cat([ids, ids.new_zeros(len(ids), room)], dim=1)
        self._step: Callable[[Tensor], Tensor] | None = None
        self.logits = self._read()

    def __repr__(self) -> str:
        return f"Session({len(self._ids)} x {self.length} tokens)"

    @property
    def ids(self) -> Tensor:
        """All ids so far, (B, N)."""
        return self._ids[:, : self.length]

    @property
    def forgotten(self) -> int:
        """How many of the oldest tokens the model no longer sees."""
        return window_start(self.length, self.model.context_size)

    def push(self, ids: Tensor) -> Tensor:
        """Read one more token each, (B,); the logits (B, V) of the one after it."""
        if self.length == self._ids.size(1):
            self._ids = torch.cat([self._ids, torch.zeros_like(self._ids)], dim=1)
        self._ids[:, self.length] = ids
        self.length += 1
        if not self.cached or self.forgotten != self._begin:
            self._step = None
            self.logits = self._read()
            return self.logits
        with evaluating(self.model), torch.inference_mode():
            if self.branches:
                logits, self._state = self.model(ids.unsqueeze(1), self._state)
                self.logits = logits[:, -1]
                return self.logits
            if self._step is None:
                self._step, self._state = self.model.steps(self._state), None  # its own from here
            self.logits = self._step(ids)
        return self.logits

    def pick(self, rows: Tensor) -> None:
        """Go on with these rows of the batch (K,) alone; a row may be asked for several times."""
        self._ids, self.logits = self._ids[rows], self.logits[rows]
        if self._step is None:
            self._state = picked(self._state, rows)
        else:  # nobody said that it would be asked for
            self._step, self.logits = None, self._read()

    def _read(self) -> Tensor:
        """All of the window at once."""
        self._begin = self.forgotten  # where the window that the state covers begins
        with evaluating(self.model), torch.inference_mode():
            logits, self._state = self.model(self.ids[:, self._begin :])
        return numbers_only(logits[:, -1])


def next_logits(model: LanguageModel, ids: Tensor) -> Tensor:
    """What `model` expects after ids (B, N), read anew: (B, V)."""
    with evaluating(model), torch.inference_mode():
        logits, _ = model(ids[:, window_start(ids.size(1), model.context_size) :])
    return numbers_only(logits[:, -1])


def window_start(n_tokens: int, context: int | None) -> int:
    """Where the window for predicting token number `n_tokens` begins.

    0 while everything fits. After that it moves in jumps of half a context, so that a cache serves
    half a context of tokens before it is rebuilt.
    """
    if context is None or n_tokens <= context:
        return 0
    jump = max(1, context // 2)
    return -(-(n_tokens - context) // jump) * jump
