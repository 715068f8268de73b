"""A text written one token at a time, at the pace of whoever holds it.

`generate` runs on with one sampler. A Writer waits: what the model expects next lies in `logits`,
may be looked at under any sampler, and each `step` chooses with the sampler it is given. With the
same seed and the same sampler throughout it writes what `generate` writes (a test holds them
equal).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.generation.engine import draws
from lm_core.generation.samplers import SamplerSettings, sample, shaped, temperature
from lm_core.generation.session import Session, next_logits, window_start
from lm_core.models.contract import LanguageModel, numbers_only

AS_THEY_ARE = SamplerSettings()  # the probabilities, which the model's own scores give


@dataclass(frozen=True)
class Candidate:
    """A token that could come next, and how its probability is made."""

    id: int
    logit: float  # the model's own score
    own: float  # softmax of the scores alone: its probability at temperature 1
    scaled: float  # the score over the temperature; not a number where the temperature is 0
    share: float  # softmax of the scaled scores, before anything is ruled out
    probability: float  # of being drawn; 0 where it is ruled out


class Writer:
    """Prompt and written ids, and the model's logits for the next token.

    Args:
        prompt: N >= 1 ids; begin with the boundary token where there is no text.
        seed: of the draws.

    Raises:
        BadSettings: an empty prompt, or a seed out of range.
        BadCheckpoint: weights too large to compute with; `step` too.
    """

    def __init__(self, model: LanguageModel, prompt: Sequence[int], *, seed: int = 0) -> None:
        self._model, self._generator = model, draws(model, prompt, seed)
        self.prompt = [int(id) for id in prompt]
        self._session = Session(model, torch.tensor([self.prompt], device=model.device))
        self.written: list[int] = []
        self.probabilities: list[float] = []  # of each written token, by the model at temperature 1

    def __repr__(self) -> str:
        return f"Writer({len(self.prompt)} + {len(self.written)} tokens)"

    def step(self, sampler: SamplerSettings = AS_THEY_ARE) -> int:
        """Choose the next token, write it, and read it as if it had been given. Its id."""
        session = self._session
        with torch.inference_mode():
            chosen = sample(session.logits, sampler, self._generator, session.ids)  # (1,)
        return self._push(chosen)

    def take(self, id: int) -> int:
        """Write this token, which somebody else chose. Nothing is drawn.

        Raises:
            IndexError: there is no such token.
        """
        if not 0 <= id < self._model.vocab_size:
            raise IndexError(f"token {id} of {self._model.vocab_size}")
        return self._push(torch.tensor([id], device=self._model.device))

    def back_to(self, length: int) -> None:
        """Take back all but the first `length` written tokens. What is drawn then goes on from the
        random numbers that were not used yet, so that it can become another text.

        Raises:
            IndexError: fewer are written.
        """
        if not 0 <= length <= len(self.written):
            raise IndexError(f"{length} of {len(self.written)} written tokens")
        if length < len(self.written):
            self._read(self.written[:length], self.probabilities[:length])

    def resume(self, written: Sequence[int], probabilities: Sequence[float]) -> None:
        """Go on after these tokens, read at once, as if they had been written after the prompt.

        Args:
            probabilities: of each, by the model at temperature 1, as they were kept.
        """
        self._read(list(written), list(probabilities))

    def _read(self, written: list[int], probabilities: list[float]) -> None:
        ids = torch.tensor([self.prompt + written], device=self._model.device)
        self._session = Session(self._model, ids)
        self.written, self.probabilities = written, probabilities

    def _push(self, chosen: Tensor) -> int:
        """Write and read `chosen` (1,)."""
        with torch.inference_mode():
            id = chosen.item()
            probability = self.logits.float().softmax(-1)[id].item()
            numbers_only(self._session.push(chosen))
        self.probabilities.append(probability)
        self.written.append(id)
        return id

    @property
    def logits(self) -> Tensor:
        """(V,) for the next token."""
        return self._session.logits[0]

    @property
    def forgotten(self) -> int:
        """How many of the oldest tokens the model no longer sees."""
        return self._session.forgotten

    def seen_at(self, position: int) -> list[int]:
        """The ids that the model saw when it guessed written token number `position`, the oldest
        first; `len(written)` is the next one.

        Raises:
            IndexError: no such token.
        """
        if not 0 <= position <= len(self.written):
            raise IndexError(f"token {position} of {len(self.written)} written")
        before = self.prompt + self.written[:position]
        return before[window_start(len(before), self._model.context_size) :]

    def logits_at(self, position: int) -> Tensor:
        """The logits (V,) from which written token number `position` was chosen, read anew from
        what the model saw then. What is being written is not touched. Raises as `seen_at`."""
        ids = torch.tensor([self.seen_at(position)], device=self._model.device)
        return next_logits(self._model, ids)[0].clone()


def candidates(
    logits: Tensor,
    sampler: SamplerSettings,
    most: int = 8,
    *,
    before: Sequence[int] = (),
    chosen: int | None = None,
) -> list[Candidate]:
    """The likeliest tokens under `sampler`, at most `most`, the likeliest first.

    Args:
        logits: (V,) of one next token; not changed.
        before: ids of the text so far, for samplers that look at what was written.
        chosen: an id that is shown in any case, as the last where it is not among the likeliest.
    """
    logits = logits.float()
    own = logits.softmax(-1)
    share = temperature(logits, sampler.temperature).softmax(-1)
    ids = torch.tensor([before], device=logits.device) if len(before) else None
    drawn = shaped(logits.unsqueeze(0), sampler, ids)[0].softmax(-1)
    # Equal shares (all but one are 0 at temperature 0) are ordered by the model's own scores.
    order = logits.argsort(descending=True, stable=True)[:most].tolist()
    if chosen is not None and chosen not in order:
        order[most - 1 :] = [chosen]
    t = sampler.temperature
    return [
        Candidate(
            id=i,
            logit=float(logits[i]),
            own=float(own[i]),
            scaled=float(logits[i]) / t if t > 0 else float("nan"),
            share=float(share[i]),
            probability=float(drawn[i]),
        )
        for i in order
    ]
