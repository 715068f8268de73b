"""Texts with an answer each: what text_class and text_value have in common.

A text is read as [boundary, its tokens], as far as the model's context goes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from lm_core.codecs import LabelCodec
from lm_core.corpora.corpus import Labelled
from lm_core.errors import BadText
from lm_core.models.contract import Model
from lm_core.models.sequence_heads import POOLS
from lm_core.settings import Settings, setting
from lm_core.split import Split
from lm_core.tasks.padded import Counted, PaddedRows, flat, gathered, mixed
from lm_core.tokenizers.tokenizer import Tokenizer
from lm_core.training.batches import Batch
from lm_core.training.task import Cut, Task

TOKENS = 1 << 14  # read at once when a split is scored
SHOWN = 6  # texts of a preview, and so many characters of each
CHARACTERS = 80


@dataclass(frozen=True)
class LabelledSplit(Split):
    """R texts in one tensor of ids, and their answers."""

    ids: Tensor  # (N,) int64
    starts: Tensor  # (R + 1,) int64, where each text begins, and the end
    answers: Tensor  # (R,) int64 classes or float32 values

    def counts(self) -> dict[str, int]:
        return {"examples": len(self.answers), "tokens": len(self.ids)}

    @property
    def lengths(self) -> Tensor:
        return self.starts.diff()

    def texts(self, which: Tensor, most: int) -> tuple[Tensor, Tensor]:
        """Ids (B, T) that an embedding can read, and where there is no token (bool)."""
        idx = gathered(self.ids, self.starts, which, most)
        return idx.clamp(min=0), idx < 0


class LabelledBatch(Batch):
    """Inputs are ids (B, T), where there is none (bool), and answers (B,)."""

    @property
    def places(self) -> Tensor:
        return ~self.inputs[1]


class LabelledBatches(PaddedRows):
    """Batches of texts: ids, where there are none, answers."""

    def __init__(self, split: LabelledSplit, most: int, batch_size: int, seed: int) -> None:
        self.split, self.most = split, most
        super().__init__(split.lengths, torch.ones(len(split.answers)), batch_size, seed)

    def batch(self, rows: Counted, fresh: None, width: int | None = None) -> LabelledBatch:
        at = rows.numbers.to(self.split.ids.device)
        inputs = (*self.split.texts(at, self.most), self.split.answers[at])
        return LabelledBatch(inputs, asked=len(rows))


@dataclass(frozen=True)
class ReadingSettings(Settings):
    """How a text becomes one vector."""

    pool: str = setting(
        "mean",
        title="A text is",
        choices=POOLS,
        help="What stands for the whole text: the mean of its tokens' vectors, that of the first "
        "(which sees all in an encoder alone) or that of the last.",
    )


class LabelledTask(Task):
    """Base class: a subclass says what an answer is, and what a wrong one costs."""

    split, reads = LabelledSplit, True
    unit: ClassVar[str] = "nats per text"

    def __init__(self, settings: ReadingSettings | None = None) -> None:
        super().__init__(settings or ReadingSettings())

    def most(self, model: Model) -> int:
        """Tokens of a text that the model reads."""
        return model.settings.block_size

    def batches(
        self, model: Model, train: LabelledSplit, *, batch_size: int, seed: int
    ) -> LabelledBatches:
        return LabelledBatches(train, self.most(model), batch_size, seed)

    def numbers(self, tokenizer: Tokenizer, rows: Sequence[tuple[str, Any]]) -> list[Any]:
        """Ids of each text, the boundary first."""
        found = tokenizer.encode_many([text for text, _ in rows], skip_unknown=True)
        return [[tokenizer.boundary_id, *ids] for ids in found]

    def answers(self, codec: LabelCodec, given: Sequence[Any]) -> Tensor:
        """(R,) what a model is to say of texts with these labels.

        Raises:
            BadText: one of them is none that the codec knows.
        """
        raise NotImplementedError

    def cut(self, corpus: Labelled, cut: Cut) -> Tokenizer:
        """A tokenizer that has learned from the texts.

        Raises:
            BadText: there is nothing to learn from.
        """
        if not corpus.splits["train"]:
            raise BadText("There is nothing to learn from here: give more texts with a label.")
        texts = {k: [text for text, _ in mixed(rows)] for k, rows in corpus.splits.items()}
        return cut(texts, form=corpus.info.form)

    def encode(self, corpus: Labelled, codec: LabelCodec) -> dict[str, LabelledSplit]:
        splits = {split: mixed(rows) for split, rows in corpus.splits.items() if rows}
        return {
            split: LabelledSplit(
                *flat(self.numbers(codec.tokenizer, rows)),
                self.answers(codec, [label for _, label in rows]),
            )
            for split, rows in splits.items()
        }

    def few(self, model: Model, part: LabelledSplit, limit: int | None) -> tuple[int, int]:
        """How many of the first texts have about `limit` tokens to be read, and how many those
        are: a long text costs more than a short one."""
        tokens = part.lengths.clamp(max=self.most(model)).cumsum(0)
        count = len(tokens) if limit is None else int((tokens <= limit).sum())
        count = max(1, count)
        return count, int(tokens[count - 1])

    @torch.no_grad()
    def answered(self, model: Model, part: LabelledSplit, count: int) -> Iterator[Tensor]:
        """What the model makes of the first `count` texts, in order, some at a time."""
        most, first = self.most(model), 0
        model.eval()
        lengths = part.lengths[:count].clamp(max=most)
        while first < count:
            size = max(1, TOKENS // max(1, int(lengths[first : first + 256].max())))
            which = torch.arange(first, min(count, first + min(size, 256)), device=part.ids.device)
            yield model(*part.texts(which, most))
            first += len(which)

    def example(self, codec: LabelCodec, part: LabelledSplit, k: int) -> str:
        """The k-th text, as far as a preview shows it."""
        ids = part.ids[part.starts[k] + 1 : part.starts[k + 1]]
        text = " ".join(codec.tokenizer.decode(ids.tolist()).split())
        return text if len(text) <= CHARACTERS else f"{text[: CHARACTERS - 1]}…"
