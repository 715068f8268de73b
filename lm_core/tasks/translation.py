"""Turn one text into another: a sentence into another language, a number in words into digits.

    loss = -ln p(token of the target | the source, the target before it), in nats

While it learns the model is shown the right target so far ("teacher forcing"), and may be told that
a little of the probability belongs to all other tokens (label smoothing, Szegedy et al. 2016), so
that it is never quite sure; what is evaluated is the plain surprise.

The other figures are of what it writes by itself, greedily. Source of the task: Sutskever, Vinyals
and Le 2014, "Sequence to Sequence Learning with Neural Networks".
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from lm_core.codecs import PairCodec
from lm_core.corpora.corpus import Pairs
from lm_core.errors import BadText
from lm_core.evaluation.surprise import perplexity
from lm_core.evaluation.translation import scores
from lm_core.generation.translating import translate
from lm_core.models.contract import IGNORED, Model
from lm_core.models.heads import plain_nats, smoothed_nats
from lm_core.settings import Settings, setting
from lm_core.split import Split
from lm_core.tasks.padded import Counted, PaddedRows, flat, gathered, mixed
from lm_core.tokenizers import tokenizers
from lm_core.training.batches import Batch
from lm_core.training.events import Preview
from lm_core.training.task import Cut, Loss, Scored, Task, tasks

TOKENS = 1 << 13  # of sources and targets read at once when a split is scored
WRITTEN, WRITTEN_AT_LAST = 64, 2000  # targets that it writes at an evaluation, and of a whole split
SHOWN = 6
SAME = "same"


@dataclass(frozen=True)
class PairSplit(Split):
    """R pairs, each side in one tensor of ids. A target is kept with a boundary before and after
    it."""

    source: Tensor  # (N,) int64
    source_starts: Tensor  # (R + 1,) int64, where each begins, and the end
    target: Tensor  # (M,) int64
    target_starts: Tensor  # (R + 1,)

    def counts(self) -> dict[str, int]:
        return {"tokens": self.targets, "examples": self.pairs, "source_tokens": len(self.source)}

    @property
    def pairs(self) -> int:
        return len(self.source_starts) - 1

    @property
    def targets(self) -> int:
        """Tokens that are guessed: all but the boundary before each target."""
        return len(self.target) - self.pairs

    def cut(self, which: Tensor, most: int | None) -> tuple[Tensor, Tensor, Tensor]:
        """Sources (B, S), and targets as they are read and as they are guessed, (B, T) each; -1 at
        the end of short ones."""
        source = gathered(self.source, self.source_starts, which, most)
        whole = gathered(self.target, self.target_starts, which, None if most is None else most + 1)
        return source, whole[:, :-1].where(whole[:, 1:] >= 0, IGNORED), whole[:, 1:]


class PairBatches(PaddedRows):
    """Batches of pairs."""

    def __init__(self, split: PairSplit, most: int | None, batch_size: int, seed: int) -> None:
        self.split, self.most = split, most
        targets = split.target_starts.diff() - 1
        if most is not None:
            targets = targets.clamp(max=most)
        lengths = split.source_starts.diff() + targets
        super().__init__(lengths, targets, batch_size, seed)

    def batch(self, rows: Counted, fresh: None, width: int | None = None) -> Batch:
        at = rows.numbers.to(self.split.source.device)
        return Batch(self.split.cut(at, self.most), asked=rows.asked)


@dataclass(frozen=True)
class TranslationSettings(Settings):
    """How pairs are read and learned."""

    shared: bool = setting(
        False,
        title="One vocabulary for both sides",
        help="Both sides are cut by one tokenizer, learned from both, and share their vectors.",
    )
    target: str = setting(
        SAME,
        title="Tokenizer of the target",
        choices=(SAME, *tokenizers.names()),
        help="What the second side is cut into; same: into what the first is.",
    )
    target_size: int = setting(
        0,
        title="Vocabulary of the target",
        low=0,
        high=200_000,
        unit="tokens",
        help="At most this many, of words or byte pairs; 0 is as usual for its tokenizer.",
    )
    label_smoothing: float = setting(
        0.0,
        title="Label smoothing",
        low=0.0,
        high=0.9,
        help="Share of the probability that is to go to all tokens alike while learning: the "
        "training loss then stays above that of validation.",
    )


@tasks.register(
    "translation",
    title="Translation",
    idea="Read a text and write another: its translation.",
    settings=TranslationSettings,
    order=5,
)
class Translation(Task):
    """Splits are `PairSplit`, models are those that can `answer` and have a `writing`."""

    metrics: ClassVar = {
        "perplexity": "tokens",
        "exact match": "share of what it wrote by itself",
        "BLEU": "0 to 100, of what it wrote by itself",
        "chrF": "0 to 100, of what it wrote by itself",
    }
    kinds, split, reads = ("pairs",), PairSplit, True

    def __init__(self, settings: TranslationSettings | None = None) -> None:
        super().__init__(settings or TranslationSettings())

    def prepare(self, corpus: Pairs, cut: Cut) -> tuple[PairCodec, dict[str, PairSplit]]:
        if not corpus.splits["train"]:
            raise BadText("There is nothing to learn from here: give more pairs.")
        form, splits = corpus.info.form, {k: mixed(rows) for k, rows in corpus.splits.items()}
        sides = [
            {k: [pair[side] for pair in rows] for k, rows in splits.items()} for side in (0, 1)
        ]
        if self.settings.shared:
            both = cut({k: sides[0][k] + sides[1][k] for k in splits}, items=True, form=form)
            codec = PairCodec(both, both, corpus.sides)
        else:
            other = "" if self.settings.target == SAME else self.settings.target
            source = cut(sides[0], items=True, form=form)
            size = self.settings.target_size
            target = cut(sides[1], items=True, form=form, other=other, size=size)
            codec = PairCodec(source, target, corpus.sides)
        return codec, self.encode(corpus, codec)

    def encode(self, corpus: Pairs, codec: PairCodec) -> dict[str, PairSplit]:
        return {
            split: self.numbers(codec, *zip(*mixed(rows), strict=True))
            for split, rows in corpus.splits.items()
            if rows
        }

    def numbers(
        self, codec: PairCodec, sources: Sequence[str], targets: Sequence[str]
    ) -> PairSplit:
        """Pairs as ids; what a tokenizer does not know is <unk>, or left out where it has none."""
        b = codec.target.boundary_id
        source = codec.source.encode_many(sources, skip_unknown=True)
        target = [[b, *ids, b] for ids in codec.target.encode_many(targets, skip_unknown=True)]
        return PairSplit(*flat(source), *flat(target))

    def unit_of(self, codec: PairCodec) -> str:
        return f"nats per {codec.target.unit}"

    def batches(self, model: Model, train: PairSplit, *, batch_size: int, seed: int) -> PairBatches:
        return PairBatches(train, model.context_size, batch_size, seed)

    def loss(self, model: Model, source: Tensor, read: Tensor, asked: Tensor, state: Any) -> Loss:
        logits = model.answer(source, read)  # (B, T, V)
        return Loss(smoothed_nats(logits, asked, self.settings.label_smoothing))

    @torch.no_grad()
    def evaluate(
        self, model: Model, data: Mapping[str, PairSplit], split: str, *, limit: int | None
    ) -> Scored:
        model.eval()
        part, most = data[split], model.context_size
        total, scored, first = 0.0, 0, 0
        lengths = part.source_starts.diff() + part.target_starts.diff()
        while first < part.pairs and (limit is None or scored < limit):
            size = max(1, TOKENS // max(1, int(lengths[first : first + 256].max())))
            last = min(part.pairs, first + min(size, 256))
            which = torch.arange(first, last, device=part.source.device)
            source, read, asked = part.cut(which, most)
            total += float(plain_nats(model.answer(source, read), asked).double().sum())
            scored, first = scored + int((asked != IGNORED).sum()), last
        nats, metrics = total / max(1, scored), {}
        if self.codec is not None:
            count = min(WRITTEN_AT_LAST if limit is None else WRITTEN, part.pairs)
            metrics = self.scored(model, self.codec, part, spread(part.pairs, count))
        metrics = {"perplexity": perplexity(nats)} | metrics
        return Scored(nats, scored, first == part.pairs, metrics)

    def scored(
        self, model: Model, codec: PairCodec, part: PairSplit, which: Sequence[int]
    ) -> dict[str, float]:
        """How good what it writes is, beside what is right; without BLEU where no target is long
        enough for it."""
        written = self.written(model, codec, part, which)
        told = scores(written, [self.right(codec, part, k) for k in which])
        bleu = {"BLEU": told.bleu} if told.bleu_possible else {}
        return {"exact match": told.exact_match, **bleu, "chrF": told.chrf}

    def written(
        self, model: Model, codec: PairCodec, part: PairSplit, which: Sequence[int]
    ) -> list[str]:
        """What it writes by itself, greedily, of these pairs."""
        most = model.context_size
        at = torch.tensor(which, device=part.source.device)
        sources = gathered(part.source, part.source_starts, at, most)
        rows = [row[row >= 0].tolist() for row in sources.cpu()]
        longest = int((part.target_starts.diff() - 1)[at].max())
        room = 2 * longest + 10 if most is None else min(most, 2 * longest + 10)
        found = translate(model, rows, boundary_id=codec.target.boundary_id, max_tokens=room)
        return [codec.target.decode(one.ids) for one in found]

    @staticmethod
    def right(codec: PairCodec, part: PairSplit, k: int) -> str:
        """The k-th target, as its tokenizer gives it back."""
        begin, end = int(part.target_starts[k]), int(part.target_starts[k + 1])
        return codec.target.decode(part.target[begin + 1 : end - 1].tolist())

    def blind(self, model: Model, data: Mapping[str, PairSplit]) -> float:
        """ln V: every token alike."""
        return math.log(model.vocab_size)

    def preview(
        self,
        model: Model,
        codec: PairCodec,
        data: Mapping[str, PairSplit],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """A few pairs that it did not learn from: the source, what it writes, what is right."""
        part = data.get("validation", data["train"])
        which = spread(part.pairs, min(SHOWN, part.pairs))
        written = self.written(model, codec, part, which)
        rows = []
        for k, text in zip(which, written, strict=True):
            begin, end = int(part.source_starts[k]), int(part.source_starts[k + 1])
            source = codec.source.decode(part.source[begin:end].tolist())
            rows.append((source, text, self.right(codec, part, k)))
        columns = (codec.sides[0], f"{codec.sides[1]}, written", f"{codec.sides[1]}, right")
        return Preview(kind="pairs", columns=columns, rows=tuple(rows))


def spread(of: int, count: int) -> list[int]:
    """`count` numbers below `of`, evenly."""
    return [k * of // count for k in range(count)]
