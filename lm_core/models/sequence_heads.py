"""One answer for a whole text: a network reads it, and a linear layer reads the network.

    p(class | text) = softmax(W mean(x) + b);   value = w · mean(x) + b

x are the vectors that the network makes of the tokens that are there; the mean leaves padding out.
An encoder sees both sides of each; of a network that reads from left to right the last one has seen
all.

Papers: Devlin et al. 2018, "BERT", which takes the vector of the first token (`pool="first"`)
where the mean is taken here; Reimers and Gurevych 2019, "Sentence-BERT", found the mean better.
Left out on purpose: a layer with a tanh between the two, as BERT has.

    model = SequenceClassifier(encoder, 2)             # trained or untrained; trained on together
    loss = F.cross_entropy(model(*padded(rows)), labels)

Shapes: B texts, T tokens of the longest, C width of the encoder.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from lm_core.errors import BadSettings, BadText
from lm_core.models.contract import Model
from lm_core.models.encoder import Encoder
from lm_core.models.network import Network

POOLS = ("mean", "first", "last")


class SequenceHead(Model):
    """A network and a linear layer on top, which starts at zero: all answers alike, or 0.

    To train the layer alone set `encoder.requires_grad_(False)`.

    Args:
        encoder: reads the texts; also a network that reads from left to right.
        n_out: numbers in an answer.
        pool: what stands for the text, the mean of its tokens' vectors, the first or the last.

    Raises:
        BadSettings: an unknown pool, or no answer at all.
    """

    def __init__(self, encoder: Network, n_out: int, *, pool: str = "mean") -> None:
        super().__init__(encoder.settings)
        if pool not in POOLS:
            raise BadSettings(f"pool must be one of {', '.join(POOLS)}, not {pool!r}.")
        if n_out < 1:
            raise BadSettings(f"An answer has at least one number, not {n_out}.")
        self.encoder, self.pool = encoder, pool
        s = encoder.settings
        self.answer = nn.Linear(getattr(s, "n_hidden", s.n_embd), n_out)
        nn.init.zeros_(self.answer.weight)
        nn.init.zeros_(self.answer.bias)

    @property
    def registered(self) -> Model:
        return self.encoder

    def forward(self, idx: Tensor, padding: Tensor | None = None) -> Tensor:
        """Ids (B, T), and where there is no token (bool, as `padded` gives them) -> (B, n_out).

        Raises:
            ContextTooLong: more tokens than the encoder reads at once.
        """
        return self.answer(pooled(self.read(idx, padding), padding, self.pool))

    def read(self, idx: Tensor, padding: Tensor | None) -> Tensor:
        """A vector of each token (B, T, C). From left to right padding at the end is read by nobody
        before it."""
        if isinstance(self.encoder, Encoder):
            return self.encoder.read(idx, padding=padding)
        return self.encoder.hidden(idx)[0]


class SequenceClassifier(SequenceHead):
    """Logits (B, n_classes) of the class that a text belongs to."""

    def __init__(self, encoder: Network, n_classes: int, *, pool: str = "mean") -> None:
        super().__init__(encoder, n_classes, pool=pool)

    def classes(self, idx: Tensor, padding: Tensor | None = None) -> Tensor:
        """The most probable class of each text, (B,) int64."""
        return self(idx, padding).argmax(-1)


class SequenceRegressor(SequenceHead):
    """One value (B,) for each text. It learns fastest when values are near 0 and about 1 apart."""

    def __init__(self, encoder: Network, *, pool: str = "mean") -> None:
        super().__init__(encoder, 1, pool=pool)

    def forward(self, idx: Tensor, padding: Tensor | None = None) -> Tensor:
        return super().forward(idx, padding).squeeze(-1)


def pooled(x: Tensor, padding: Tensor | None, pool: str = "mean") -> Tensor:
    """Vectors (B, T, C) of tokens -> one of each text (B, C); zeros for a text of padding alone."""
    if pool == "first":
        return x[:, 0]
    if padding is None:
        return x[:, -1] if pool == "last" else x.mean(1)
    there = ~padding.unsqueeze(-1)  # (B, T, 1)
    if pool == "last":
        at = (there.sum(1) - 1).clamp(min=0).unsqueeze(-1).expand(-1, -1, x.size(-1))  # (B, 1, C)
        return x.gather(1, at).squeeze(1) * there.any(1)
    total = x.masked_fill(~there, 0.0).sum(1)  # whatever stands there, were it infinite
    return total / there.sum(1).clamp(min=1)


def padded(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Texts as ids, of any lengths -> ids (B, T) and where there is no token (B, T) bool.

    Raises:
        BadText: there is no text, or one is empty.
    """
    if len(rows) == 0 or any(len(row) == 0 for row in rows):
        raise BadText("Give at least one text, and at least one token in each.")
    idx = pad_sequence([torch.as_tensor(row, dtype=torch.int64) for row in rows], batch_first=True)
    lengths = torch.tensor([len(row) for row in rows])
    return idx, torch.arange(idx.size(1)) >= lengths.unsqueeze(1)
