"""What excites a neuron: the places of a text where a number in the middle of a block's MLP is
largest.

    scan = Scan(model, rows)            # rows: texts, each read from its beginning
    while not scan.done:
        scan.step()                     # a batch more; may stop at any time
    scan.top(layer, neuron)             # [Place(row, at, value)], the strongest first

Of each row only the strongest place counts, so that ten places are ten different texts. Which
neurons to look at first is suggested by a rule: among those that are above 0 at FEW tokens at
least, and whose largest value is no less than the median of their layer's (others hardly move the
stream), those with the highest sparseness (Hoyer 2004, "Non-negative Matrix Factorization with
Sparseness Constraints"),

    (sqrt(N) - sum |a| / sqrt(sum a²)) / (sqrt(N) - 1)

over N tokens: 0 where all excite it alike, 1 where a single one does. That a neuron is selective
does not say that the model needs it.

Shapes: R rows, T tokens, L layers, M neurons of a layer (4 C, or 8 C / 3 in a SwiGLU), K places.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from lm_core.errors import BadText, Unsupported
from lm_core.inspection.logit_lens import has_lens
from lm_core.models.contract import Model, evaluating, numbers_only
from lm_core.models.tracing import trace

AT_ONCE = 1_024  # tokens of a batch, about
KEPT = 10  # places of each neuron
FEW = 20  # tokens that have to excite a neuron before it is suggested


@dataclass(frozen=True)
class Place:
    """Where a neuron was excited, and how much."""

    row: int
    at: int
    value: float


class Found(NamedTuple):
    """Of the neurons of a layer."""

    values: Tensor  # (K, M), the largest of K rows, the largest first
    places: Tensor  # (K, M, 2), the row and where in it
    sums: Tensor  # (3, M): of |a|, of a², of a > 0


class Scan:
    """Rows read so far, and of every neuron what was found in them.

    Args:
        model: a Transformer that reads from the left.
        rows: R texts (T,) of ids, none longer than its context.

    Raises:
        Unsupported: the model has no neurons of this kind.
        BadText: there is no row.
    """

    def __init__(self, model: Model, rows: Sequence[Tensor]) -> None:
        if not has_lens(model):
            raise Unsupported("Neurons are looked at in Transformers: choose one.")
        self.rows = [row for row in rows if len(row)]
        if not self.rows:
            raise BadText("There is no text to look for the neurons in: choose another model.")
        self.model, self.read, self.tokens = model, 0, 0
        self._found: list[Found | None] = [None] * len(model.blocks)

    @property
    def done(self) -> bool:
        return self.read == len(self.rows)

    @property
    def n_layer(self) -> int:
        return len(self._found)

    @property
    def n_neurons(self) -> int:
        """M; 0 before the first batch."""
        return 0 if self._found[0] is None else self._found[0].sums.size(1)

    def step(self) -> None:
        """Read a batch more.

        Raises:
            BadCheckpoint: weights too large to compute with.
        """
        first, size = self.read, 0
        while not self.done and (self.read == first or size < AT_ONCE):
            size += len(self.rows[self.read])
            self.read += 1
        part = self.rows[first : self.read]
        each = activations(self.model, part)
        lengths = torch.tensor([len(row) for row in part])
        self.tokens += int(lengths.sum())
        for layer, found in enumerate(each):
            self._add(layer, found, lengths, first)

    def _add(self, layer: int, found: Tensor, lengths: Tensor, first: int) -> None:
        """Activations (B, T, M) of rows that begin with number `first`."""
        there = (torch.arange(found.size(1)) < lengths.unsqueeze(1)).unsqueeze(-1)  # (B, T, 1)
        a = found.masked_fill(~there, 0.0).flatten(0, 1)  # (B T, M)
        sums = torch.stack([a.abs().sum(0), a.square().sum(0), (a > 0).sum(0)]).double()
        values, at = found.masked_fill(~there, -torch.inf).max(1)  # (B, M)
        rows = torch.arange(first, first + len(at)).unsqueeze(1).expand_as(at)
        places = torch.stack([rows, at], dim=-1)  # (B, M, 2)
        before = self._found[layer]
        if before is not None:
            sums = sums + before.sums
            values = torch.cat([before.values, values])
            places = torch.cat([before.places, places])
        values, order = values.topk(min(KEPT, len(values)), dim=0)  # (K, M)
        places = places.gather(0, order.unsqueeze(-1).expand(*order.shape, 2))  # (K, M, 2)
        self._found[layer] = Found(values, places, sums)

    def top(self, layer: int, neuron: int) -> list[Place]:
        """The strongest place of each of the K rows that excite it most."""
        found = self._found[layer]
        if found is None:
            return []
        values, places, _ = found
        pairs = zip(places[:, neuron].tolist(), values[:, neuron].tolist(), strict=True)
        return [Place(row, at, value) for (row, at), value in pairs]

    def active(self, layer: int) -> Tensor:
        """(M,) at which share of the tokens a neuron is above 0."""
        return self._found[layer].sums[2] / max(1, self.tokens)

    def sparseness(self, layer: int) -> Tensor:
        """(M,) from 0 to 1, see above; 0 of a neuron that is always 0."""
        total, squares, _ = self._found[layer].sums
        root = self.tokens**0.5
        if root <= 1:
            return torch.zeros_like(total)
        ratio = torch.where(squares > 0, total / squares.sqrt().clamp(min=1e-30), root)
        return (root - ratio) / (root - 1)

    def suggested(self, layer: int, k: int = 8) -> list[int]:
        """The k neurons to look at first, by the rule above."""
        most = self._found[layer].values[0]  # (M,)
        often = (self._found[layer].sums[2] >= FEW) & (most >= most.median())
        order = self.sparseness(layer).masked_fill(~often, -1.0).argsort(descending=True)
        return order[: min(k, int(often.sum()))].tolist()

    def silent(self, layer: int) -> int:
        """How many neurons are above 0 nowhere."""
        return int((self._found[layer].sums[2] == 0).sum())


def activations(model: Model, rows: Sequence[Tensor]) -> list[Tensor]:
    """What stands between the two matrices of each block's MLP, after the activation: L tensors
    (B, T, M), without meaning behind the end of a row.

    Raises:
        ContextTooLong, BadCheckpoint: as the model's forward pass.
    """
    idx = pad_sequence(list(rows), batch_first=True).to(model.device)  # (B, T)
    with evaluating(model), torch.inference_mode(), trace(model) as trail:
        numbers_only(model(idx)[0])
    return [trail[f"blocks.{i}.mlp"].float().cpu() for i in range(len(model.blocks))]
