"""What turns one text into another: read the source whole, write the target token by token.

    logits = model.answer(source, target)    # (B, S), (B, T) -> (B, T, V), of the token after each
    writing = model.writing(source)          # the same, one token at a time
    logits = writing.step(ids)               # (B,) -> (B, V)
    writing.alignment                        # (B, S), where it looked for that, or None

Rows of a batch end at different places. What is missing at their ends is -1, which is no token of
any vocabulary; it changes no logit of what is there. A target begins with the boundary token of its
tokenizer, and the token that follows its last one is the boundary again.

Papers: Sutskever, Vinyals and Le 2014, "Sequence to Sequence Learning with Neural Networks"; to
show the right target so far while training ("teacher forcing") Williams and Zipser 1989.

Shapes: B texts, S tokens of the longest source, T of the longest target, V target vocabulary.
"""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from lm_core.models.contract import IGNORED


class Writing:
    """Targets that are being written, one for each row of a batch. Made by `Translates.writing`."""

    def step(self, ids: Tensor) -> Tensor:
        """Read one more token of each target, (B,): the logits (B, V) of the one after it."""
        raise NotImplementedError

    def pick(self, rows: Tensor) -> None:
        """Go on with these rows of the batch (K,) alone; a row may be asked for several times."""
        raise NotImplementedError

    @property
    def alignment(self) -> Tensor | None:
        """Where in the source the last step looked, (B, S), 0 at padding; None where nobody does.
        A row sums to 1, or to less where some of the attention went to no token."""
        return None

    @property
    def cross(self) -> Tensor | None:
        """Where each layer and head looked, (B, layers, H, S); None where there is one at most."""
        return None


class Translates:
    """Mixed into a family that learns the task "translation"."""

    of_text: ClassVar[bool] = True

    vocab_size: int  # V, of the target
    source_size: int | None  # of the source; None is the same vocabulary, in the same table
    context_size: int | None  # the most tokens of a source, and of a target; None is no limit
    device: torch.device

    def answer(self, source: Tensor, target: Tensor) -> Tensor:
        """Logits (B, T, V) of the token after each of `target`.

        Args:
            source: (B, S) int64, -1 is padding.
            target: (B, T) int64, the tokens before; -1 is padding, where logits mean nothing.

        Raises:
            ContextTooLong: more tokens than `context_size`.
        """
        raise NotImplementedError

    def writing(self, source: Tensor) -> Writing:
        """Targets of `source` (B, S), -1 is padding, before their first token."""
        raise NotImplementedError


def unpadded(ids: Tensor) -> tuple[Tensor, Tensor]:
    """Ids (B, T) that an embedding can read, and where there is none of them (bool)."""
    return ids.clamp(min=0), ids < 0


def padded(rows: Sequence[Sequence[int]], device: torch.device | str = "cpu") -> Tensor:
    """Texts as ids, of any lengths -> (B, the longest), -1 after the end of each."""
    ids = torch.full((len(rows), max(map(len, rows), default=0)), IGNORED, dtype=torch.int64)
    for place, row in zip(ids, rows, strict=True):
        place[: len(row)] = torch.as_tensor(row, dtype=torch.int64)
    return ids.to(device)
