"""Writing a text for another: greedy, by beams, or one token at a time as somebody chooses.

    for found in translate(model, [[5, 6, 7], [8, 9]], boundary_id=0, max_tokens=50, beam=4):
        found.ids, found.score

A target begins after the boundary token, and ends where the model writes it again. It knows ids,
not text. Sentences of about the same length are written at the same time.

    session = TranslationSession(model, [5, 6, 7], boundary_id=0)
    session.logits                             # (V,) of the first token
    session.step(3)                            # it is 3: the logits of the second
    session.alignment                          # (S,) where the model looked for the one chosen next

Shapes: S tokens of a source, T of what was written, V target vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.errors import BadSettings
from lm_core.generation.beam import Beam, Beams, likeliest
from lm_core.models.contract import evaluating, numbers_only
from lm_core.models.translating import Translates, padded

AT_ONCE = 64  # sentences


@dataclass(frozen=True)
class Translation:
    """What was written for one source."""

    ids: list[int]  # without the boundary
    logprobs: list[float]  # ln p of each, and of the boundary where it ended
    score: float  # their sum over their number to the power of the length penalty
    ended: bool  # False where it was cut off
    alignment: Tensor | None  # (T, S), a row for each of `logprobs`; None where nobody looks


class Search:
    """Beams of several sources, all a token longer with each `step`.

    Args:
        sources: ids of each.
        boundary_id: stands before the first token and after the last.
        max_tokens: of a target at most, the boundary that ends it among them; fewer where the
            model's context is shorter.
        beam, length_penalty, early_stopping: as `Beams`; 1 beam is greedy.
        aligned: keep where the model looked.

    Raises:
        BadSettings: a number out of range.
        ContextTooLong: a source has more tokens than the model reads.
        BadCheckpoint: weights too large to compute with; `step` too.
    """

    def __init__(
        self,
        model: Translates,
        sources: Sequence[Sequence[int]],
        *,
        boundary_id: int,
        max_tokens: int,
        beam: int = 1,
        length_penalty: float = 1.0,
        early_stopping: bool | str = False,
        aligned: bool = True,
    ) -> None:
        most = min(max_tokens, model.context_size or max_tokens)
        self.model, self.boundary_id, self.penalty = model, boundary_id, length_penalty
        self.lengths = [len(source) for source in sources]
        self.beams = [
            Beams(
                width=beam,
                most=most,
                end=boundary_id,
                length_penalty=length_penalty,
                early_stopping=early_stopping,
            )
            for _ in sources
        ]
        self.looked: list[list[Tensor]] = [[] for _ in sources]  # at each step, (open beams, S)
        self.aligned = aligned
        with evaluating(model), torch.inference_mode():
            self.writing = model.writing(padded(sources, model.device))

    @property
    def done(self) -> bool:
        """Whether the best of every source has been found."""
        return all(beams.done for beams in self.beams)

    def step(self) -> None:
        """One more token for every beam that is open, where any is."""
        going = [beams for beams in self.beams if not beams.done]
        if not going:
            return
        last = [beam.ids[-1] if beam.ids else self.boundary_id for b in going for beam in b.open]
        device = self.model.device
        with evaluating(self.model), torch.inference_mode():
            logits = self.writing.step(torch.tensor(last, device=device))  # (K, V)
            self._look()
            best, rows, first = likeliest(logits, going[0].width), [], 0
            for beams in going:
                end = first + len(beams.open)
                grown = beams.grow(best[first:end])
                rows += [] if beams.done else [first + row for row in grown]
                first = end
            self.writing.pick(torch.tensor(rows, dtype=torch.int64, device=device))

    def _look(self) -> None:
        """Keep where the beams that are open looked."""
        found = self.writing.alignment if self.aligned else None
        if found is None:
            return
        first, found = 0, found.cpu()
        for beams, looked, S in zip(self.beams, self.looked, self.lengths, strict=True):
            if not beams.done:
                end = first + len(beams.open)
                looked.append(found[first:end, :S])
                first = end

    def translations(self, source: int) -> list[Translation]:
        """What is closed of the source of that number, the best first; once it is done, that is
        all the beams."""
        return [self._translation(source, beam) for beam in self.beams[source].closed]

    def _translation(self, source: int, beam: Beam) -> Translation:
        looked, alignment = self.looked[source], None
        if looked:
            alignment = torch.stack([looked[t][row] for t, row in enumerate(beam.rows)])
        score = beam.score(self.penalty)
        return Translation(beam.ids, list(beam.logprobs), score, beam.ended, alignment)


def translate(
    model: Translates,
    sources: Sequence[Sequence[int]],
    *,
    boundary_id: int,
    max_tokens: int,
    beam: int = 1,
    length_penalty: float = 1.0,
    early_stopping: bool | str = False,
    aligned: bool = False,
    at_once: int = AT_ONCE,
) -> list[Translation]:
    """The best translation found of each of `sources`, in their order.

    Args:
        at_once: sentences that are written at the same time; the rest as for `Search`.

    Raises:
        BadSettings, ContextTooLong, BadCheckpoint: as `Search`.
    """
    if at_once < 1:
        raise BadSettings(f"At least one sentence is written at a time, not {at_once}.")
    order = sorted(range(len(sources)), key=lambda i: -len(sources[i]))  # less padding
    found: dict[int, Translation] = {}
    for first in range(0, len(order), at_once):
        some = order[first : first + at_once]
        search = Search(
            model,
            [sources[i] for i in some],
            boundary_id=boundary_id,
            max_tokens=max_tokens,
            beam=beam,
            length_penalty=length_penalty,
            early_stopping=early_stopping,
            aligned=aligned,
        )
        while not search.done:
            search.step()
        found |= {i: search.translations(n)[0] for n, i in enumerate(some)}
    return [found[i] for i in range(len(sources))]


class TranslationSession:
    """One source, and a target that somebody else chooses, token by token.

    Raises:
        ContextTooLong: more tokens than the model reads, or writes; `step` too.
        BadCheckpoint: weights too large to compute with; `step` too.
    """

    def __init__(self, model: Translates, source: Sequence[int], boundary_id: int) -> None:
        self.model, self.length = model, len(source)
        self.ids: list[int] = []
        self._looks: list[Tensor] = []
        self._crosses: list[Tensor] = []
        with evaluating(model), torch.inference_mode():
            self.writing = model.writing(padded([source], model.device))
        self.logits = self._push(boundary_id)

    def __repr__(self) -> str:
        return f"TranslationSession({self.length} -> {len(self.ids)} tokens)"

    def step(self, id: int) -> Tensor:
        """The next token is this one: the logits (V,) of the one after it."""
        self.logits = self._push(id)
        self.ids.append(id)
        return self.logits

    @property
    def alignment(self) -> Tensor | None:
        """(S,) where the model looked for `logits`; None where it does not."""
        return self._looks[-1] if self._looks else None

    @property
    def alignments(self) -> Tensor | None:
        """(T + 1, S): of each of `ids`, and of the token that comes next."""
        return torch.stack(self._looks) if self._looks else None

    @property
    def crosses(self) -> Tensor | None:
        """(T + 1, layers, H, S), as `alignments` but of every layer and head; None where there is
        one at most."""
        return torch.stack(self._crosses) if self._crosses else None

    def _push(self, id: int) -> Tensor:
        ids = torch.tensor([id], device=self.model.device)
        with evaluating(self.model), torch.inference_mode():
            logits = numbers_only(self.writing.step(ids))[0]
        for kept, found in (
            (self._looks, self.writing.alignment),
            (self._crosses, self.writing.cross),
        ):
            if found is not None:
                kept.append(found[0, ..., : self.length].cpu())
        return logits
