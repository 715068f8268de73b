"""Beam search: keep the W likeliest beginnings, lengthen each by every token, keep the W likeliest.

    score(y) = ln p(y | prompt) / length(y)^a

Longer texts have more factors below 1, so a divides the length out: 0 compares sums (and prefers
short texts), 1 compares means. With W = 1 this is greedy writing. What is likeliest is not what is
most like writing: beams repeat themselves, which is a lesson of its own.

At each step the 2 W likeliest continuations compete. Those of the first W that end are closed, the
first W that do not are open at the next step. It stops when W texts are closed and the best open
one, divided by the length it has now, is no better than the worst of them. An open one could still
become better where a > 0, since its length grows; `early_stopping` says whether to wait for that.
All of it is as `transformers` has it, and a test holds the two equal.

Source: Sutskever et al. 2014; the length penalty as in Wu et al. 2016 without its constants.

Shapes: W beams, N tokens so far, V vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.errors import BadSettings
from lm_core.generation.session import Session
from lm_core.models.contract import LanguageModel, evaluating, numbers_only

MOST_BEAMS, MOST_TOKENS = 64, 2000
STOPS = (False, True, "never")  # `early_stopping`


@dataclass(frozen=True)
class Beam:
    """One text found: its ids after the prompt (the end token left out), and its surprise."""

    ids: list[int]
    nats: float  # -ln p of the ids, and of the end token where it ended
    ended: bool
    logprobs: tuple[float, ...] = ()  # ln p of each id, and of the end token
    rows: tuple[int, ...] = ()  # which of the open beams it was at each step, before it grew

    def score(self, length_penalty: float) -> float:
        """Higher is better."""
        return -self.nats / max(1, len(self.ids) + self.ended) ** length_penalty


@dataclass(frozen=True)
class Branch:
    """A continuation that competed, and what became of it: "open", "ended", or "dropped"."""

    parent: int  # which of the open beams of the step before, 0 the best
    id: int
    logprob: float  # of this token
    total: float  # of all tokens so far
    fate: str


class Beams:
    """The beams of one text. Whoever has the model asks what is `open`, and says what may follow.

    Args:
        width: W.
        most: tokens at most, the end token among them.
        end: id that closes a text; None where only `most` does.
        early_stopping: True stops as soon as W texts are closed; False also waits for an open one
            that is better now; "never" for all that could become better by growing to `most`.

    Raises:
        BadSettings: a number out of range.
    """

    def __init__(
        self,
        *,
        width: int,
        most: int,
        end: int | None = None,
        length_penalty: float = 1.0,
        early_stopping: bool | str = False,
    ) -> None:
        if not 1 <= width <= MOST_BEAMS or not 1 <= most <= MOST_TOKENS:
            raise BadSettings(
                f"A beam search takes 1 to {MOST_BEAMS} beams and 1 to {MOST_TOKENS} tokens, "
                f"not {width} and {most}."
            )
        if not 0 <= length_penalty <= 10:
            raise BadSettings(f"The length penalty must be from 0 to 10, not {length_penalty}.")
        if early_stopping not in STOPS:
            raise BadSettings(f"early_stopping must be one of {STOPS}, not {early_stopping!r}.")
        self.width, self.most, self.end = width, most, end
        self.penalty, self.early_stopping = length_penalty, early_stopping
        self.open: list[Beam] = [Beam([], 0.0, False)]
        self.closed: list[Beam] = []  # the best first
        self.steps: list[list[Branch]] = []  # the tree, the best first at each step
        self.done = False

    def __repr__(self) -> str:
        return f"Beams({len(self.open)} open, {len(self.closed)} closed, {len(self.steps)} steps)"

    @property
    def score(self) -> float:
        """Of the best text that is closed, and minus infinity before there is one."""
        return self.closed[0].score(self.penalty) if self.closed else float("-inf")

    def grow(self, likeliest: Sequence[Sequence[tuple[int, float]]]) -> list[int]:
        """One step.

        Args:
            likeliest: for each open beam the ids that may follow it and their log-probabilities,
                2 W of them or all there are.

        Returns:
            for each beam that is open now, which one of those before it has grown from.
        """
        last = len(self.steps) + 1 == self.most
        every = (
            (logprob - beam.nats, row, id, logprob)
            for row, (beam, some) in enumerate(zip(self.open, likeliest, strict=True))
            for id, logprob in some
            if logprob > float("-inf")  # else it is impossible
        )
        ranked = sorted(every, key=lambda one: -one[0])[: 2 * self.width]
        branches, longer, ended = [], [], []
        for rank, (total, row, id, logprob) in enumerate(ranked):
            before, ends, fate = self.open[row], id == self.end, "dropped"
            ids = before.ids if ends else [*before.ids, id]
            history = (*before.logprobs, logprob), (*before.rows, row)
            beam = Beam(ids, -total, ends, *history)
            if (ends or last) and rank < self.width:
                ended.append(beam)
                fate = "ended"
            elif not ends and not last and len(longer) < self.width:
                longer.append(beam)
                fate = "open"
            branches.append(Branch(row, id, logprob, total, fate))
        self.open = longer
        self.closed = sorted([*self.closed, *ended], key=lambda b: -b.score(self.penalty))
        self.closed = self.closed[: self.width]
        self.steps.append(branches)
        self.done = not self.open or self._enough()
        return [beam.rows[-1] for beam in self.open]

    def _enough(self) -> bool:
        """Whether no open beam is waited for any longer."""
        if len(self.closed) < self.width:
            return False
        grows = self.early_stopping == "never"
        length = self.most if grows else len(self.steps)
        best = -self.open[0].nats / length**self.penalty
        return self.early_stopping is True or best <= self.closed[-1].score(self.penalty)


def beam_search(
    model: LanguageModel,
    prompt: Sequence[int],
    *,
    width: int,
    max_tokens: int,
    length_penalty: float = 1.0,
    end: int | None = None,
    early_stopping: bool | str = False,
) -> list[Beam]:
    """The best texts found, at most `width`, the best first.

    Args:
        prompt: N >= 1 ids.
        end: id that closes a text (the boundary token of items); None for running text.
        early_stopping: as `Beams`.

    Raises:
        BadSettings: an empty prompt, a number out of range, or a model that reads both sides.
        BadCheckpoint: weights too large to compute with.
    """
    beams = Beams(
        width=width,
        most=max_tokens,
        end=end,
        length_penalty=length_penalty,
        early_stopping=early_stopping,
    )
    search(model, prompt, beams)
    return beams.closed


def search(model: LanguageModel, prompt: Sequence[int], beams: Beams) -> None:
    """Let `beams` grow until they are done; all that competed stays in them. Raises as
    `beam_search`."""
    if len(prompt) == 0 or not model.causal:
        raise BadSettings("A beam search needs a prompt and a model that reads left to right.")
    ids = torch.tensor([list(map(int, prompt))], device=model.device)
    with evaluating(model), torch.inference_mode():  # once for all tokens
        session = Session(model, ids, room=beams.most, branches=True)
        while True:
            rows = beams.grow(likeliest(session.logits, beams.width))
            if beams.done:
                return
            session.pick(torch.tensor(rows, device=model.device))
            session.push(torch.tensor([beam.ids[-1] for beam in beams.open], device=model.device))


def likeliest(logits: Tensor, width: int) -> list[list[tuple[int, float]]]:
    """Of each row of logits (W, V) the ids that could be among the 2 W likeliest of all, and their
    log-probabilities.

    Raises:
        BadCheckpoint: logits that give no probabilities.
    """
    logs = numbers_only(logits).float().log_softmax(dim=-1)
    values, ids = logs.topk(min(2 * width, logs.size(-1)), dim=-1)  # (W, 2 W)
    pairs = zip(ids.tolist(), values.tolist(), strict=True)
    return [list(zip(*row, strict=True)) for row in pairs]
