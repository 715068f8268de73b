"""Beam search: keep the W likeliest beginnings, lengthen each by every token, keep the W likeliest.

    score(y) = ln p(y | prompt) / length(y)^a

Longer texts have more factors below 1, so a divides the length out: 0 compares sums (and prefers
short texts), 1 compares means. With W = 1 this is greedy writing. What is likeliest is not what is
most like writing: beams repeat themselves, which is a lesson of its own.

Source: Sutskever et al. 2014; the length penalty as in Wu et al. 2016 without its constants.
Left out on purpose: a cache. Every beam is read anew for each token, so that any family serves.

Shapes: W beams, N tokens so far, V vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.errors import BadSettings
from lm_core.generation.session import evaluating, next_logits
from lm_core.models.contract import LanguageModel

MOST_BEAMS, MOST_TOKENS = 64, 2000


@dataclass(frozen=True)
class Beam:
    """One text found: its ids after the prompt (the end token left out), and its surprise."""

    ids: list[int]
    nats: float  # -ln p of the ids, and of the end token where it ended
    ended: bool

    def score(self, length_penalty: float) -> float:
        """Higher is better."""
        return -self.nats / max(1, len(self.ids) + self.ended) ** length_penalty


def beam_search(
    model: LanguageModel,
    prompt: Sequence[int],
    *,
    width: int,
    max_tokens: int,
    length_penalty: float = 1.0,
    end: int | None = None,
) -> list[Beam]:
    """The best texts found, at most `width`, the best first.

    Args:
        prompt: N >= 1 ids.
        end: id that closes a text (the boundary token of items); None for running text.

    Raises:
        BadSettings: an empty prompt, a number out of range, or a model that reads both sides.
        BadCheckpoint: weights too large to compute with.
    """
    if not 1 <= width <= MOST_BEAMS or not 1 <= max_tokens <= MOST_TOKENS:
        raise BadSettings(
            f"A beam search takes 1 to {MOST_BEAMS} beams and 1 to {MOST_TOKENS} tokens, "
            f"not {width} and {max_tokens}."
        )
    if not 0 <= length_penalty <= 10:
        raise BadSettings(f"The length penalty must be from 0 to 10, not {length_penalty}.")
    if len(prompt) == 0 or not model.causal:
        raise BadSettings("A beam search needs a prompt and a model that reads left to right.")
    with evaluating(model), torch.inference_mode():  # once for all tokens
        found = _search(model, list(map(int, prompt)), width, max_tokens, length_penalty, end)
    return sorted(found, key=lambda beam: -beam.score(length_penalty))[:width]


def _search(
    model: LanguageModel, prompt: list[int], width: int, most: int, penalty: float, end: int | None
) -> list[Beam]:
    open_: list[Beam] = [Beam([], 0.0, False)]
    closed: list[Beam] = []
    for _ in range(most):
        logs = _next(model, prompt, open_)  # (W, V)
        best = _likeliest(torch.tensor([beam.nats for beam in open_]), logs, 2 * width)
        longer: list[Beam] = []
        for w, token, nats in best:
            if token == end:
                closed.append(Beam(open_[w].ids, nats, True))
            elif len(longer) < width:
                longer.append(Beam([*open_[w].ids, token], nats, False))
        open_ = longer
        closed = sorted(closed, key=lambda beam: -beam.score(penalty))[:width]
        if not open_:
            break
        # An open beam only gets more surprised; where even its best end is worse, stop.
        bound = max(-b.nats / max(1, most) ** penalty for b in open_)
        if len(closed) == width and closed[-1].score(penalty) >= bound:
            open_ = []
            break
    return [*closed, *open_]


def _next(model: LanguageModel, prompt: list[int], beams: list[Beam]) -> Tensor:
    """Log-probabilities (W, V) of what follows each beam; all are equally long."""
    ids = torch.tensor([prompt + beam.ids for beam in beams], device=model.device)
    return next_logits(model, ids).float().log_softmax(-1).cpu()


def _likeliest(nats: Tensor, logs: Tensor, most: int) -> list[tuple[int, int, float]]:
    """The least surprising continuations of all beams: (beam, token, nats), the best first."""
    total = nats.unsqueeze(1).double() - logs.double()  # (W, V)
    values, places = total.flatten().topk(min(most, total.numel()), largest=False)
    V = logs.size(1)
    rows = zip(values.tolist(), places.tolist(), strict=True)
    return [(place // V, place % V, value) for value, place in rows if value < float("inf")]
