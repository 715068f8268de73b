"""What every neural family is: a body that turns ids into a vector for each place, and a head that
turns the vector into a guess.

Keeping the two apart lets the loss of a large vocabulary be computed without ever holding the
logits of all places (`heads.py`). A family writes `hidden` and sets `self.head`.
"""

from typing import Any

from torch import Tensor, nn

from lm_core.models.contract import LanguageModel


class Network(LanguageModel):
    """Base class of the families that learn by gradient."""

    head: nn.Module  # forward(x) -> logits (B, T, V); nats(x, targets) -> (B, T)

    def hidden(self, idx: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """idx (B, T) -> what the head reads (B, T, C), and the next state."""
        raise NotImplementedError

    def forward(self, idx: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        x, state = self.hidden(idx, state)
        return self.head(x), state

    def nats(self, idx: Tensor, targets: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        x, state = self.hidden(idx, state)
        return self.head.nats(x, targets), state
