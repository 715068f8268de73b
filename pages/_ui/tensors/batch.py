"""The batch that is followed: a text of the visitor's, rows of text the model never saw, a pair."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from lm_core.checkpoints import Checkpoint

HIDDEN = "(hidden)"
LONGEST = 24  # tokens of a text: every number of it is kept
ROWS, LENGTH = 4, 16  # of what was kept from training


@dataclass(frozen=True, eq=False)
class Batch:
    """Ids (B, T), what is to be guessed, and how the tokens of each row look.

    Of a pair `idx` is the source (B, S), and `written` (B, T) what is read of the target. Of a
    model that reads both sides tokens may be hidden, which are then what is asked for.
    """

    idx: "Tensor"
    targets: "Tensor | None"  # (B, T), -1 is not asked for; None: nothing is learned from it here
    written: "Tensor | None"
    names: dict[str, list[list[str]]]  # by letter, T or S: the tokens of each row
    dropped: int  # tokens that are left out

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells it from others."""
        parts = (self.idx, self.targets, self.written)
        return tuple(None if p is None else tuple(map(tuple, p.tolist())) for p in parts)


def of_text(checkpoint: "Checkpoint", text: str, *, hide: bool = False) -> Batch | None:
    """One row; None where there are less than two tokens.

    Args:
        hide: of a model that reads both sides some tokens are hidden, as while it learns.

    Raises:
        BadText: characters that the model does not know.
    """
    import torch

    from lm_core.inspection import text_ids

    tokenizer = checkpoint.tokenizer
    ids = text_ids(tokenizer, text, items=checkpoint.items)
    if checkpoint.items and text:
        ids = torch.cat([ids, torch.tensor([tokenizer.boundary_id])])
    most = min(LONGEST, checkpoint.model.context_size or LONGEST)
    kept = ids[: most + 1]
    if len(kept) < 2:
        return None
    rows = kept.view(1, -1)
    if hide and not checkpoint.model.causal:
        return _hidden(checkpoint, rows, len(ids) - len(kept))
    return _of_rows(checkpoint, rows, len(ids) - len(kept))


def of_pieces(
    checkpoint: "Checkpoint", pieces: "Sequence[Tensor]", *, hide: bool = False
) -> Batch | None:
    """ROWS rows of at most LENGTH tokens: pieces of one text, or items, the short ones padded;
    where some are hidden (`hide` as above) all as long as the shortest."""
    import torch

    length = min(LENGTH, checkpoint.model.context_size or LENGTH) + 1
    if not checkpoint.items and pieces:
        pieces = pieces[0][: len(pieces[0]) // length * length].view(-1, length)
    rows = [piece[:length] for piece in pieces[:ROWS] if len(piece) > 1]
    if not rows:
        return None
    if hide and not checkpoint.model.causal:
        shortest = min(map(len, rows))
        return _hidden(checkpoint, torch.stack([row[:shortest] for row in rows]), 0)
    padded = torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True, padding_value=-1)
    return _of_rows(checkpoint, padded, 0)


def of_pair(checkpoint: "Checkpoint", source: Sequence[int], written: Sequence[int]) -> Batch:
    """A source, and what is written of its target, the boundary in front."""
    import torch

    codec = checkpoint.codec
    boundary = codec.target.boundary_id
    known, begun = list(source)[:LONGEST], [boundary, *written][:LONGEST]
    asked = [*written, boundary][:LONGEST]
    names = {"S": [_names(codec.source, known)], "T": [_names(codec.target, begun)]}
    dropped = len(source) - len(known)
    targets, read = torch.tensor([asked]), torch.tensor([begun])
    return Batch(torch.tensor([known]), targets, read, names, dropped)


def _hidden(checkpoint: "Checkpoint", rows: "Tensor", dropped: int) -> Batch:
    """Rows (B, T) of which some tokens are hidden: the share that is hidden while it learns, at
    least one a row, never the first."""
    import torch

    from lm_core.models.encoder import draw

    model = checkpoint.model
    may = torch.ones_like(rows, dtype=torch.bool)
    may[:, 0] = False
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        hidden = draw(may, model.settings.masked)
    names = [
        [
            HIDDEN if away else name
            for name, away in zip(_names(checkpoint.tokenizer, row), at, strict=True)
        ]
        for row, at in zip(rows.tolist(), hidden.tolist(), strict=True)
    ]
    idx = rows.masked_fill(hidden, model.mask_id)
    return Batch(idx, rows.where(hidden, -1), None, {"T": names}, dropped)


def _of_rows(checkpoint: "Checkpoint", rows: "Tensor", dropped: int) -> Batch:
    """Rows (B, T + 1), padded with -1."""
    idx, targets = rows[:, :-1], rows[:, 1:]
    boundary = checkpoint.tokenizer.boundary_id or 0
    idx = idx.masked_fill(idx < 0, boundary).contiguous()
    names = {"T": [_names(checkpoint.tokenizer, row) for row in idx.tolist()]}
    return Batch(idx, targets.contiguous(), None, names, dropped)


def _names(tokenizer: Any, ids: Sequence[int]) -> list[str]:
    return [tokenizer.token_text(int(id)) for id in ids]
