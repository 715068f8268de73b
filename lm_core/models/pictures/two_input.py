"""Two inputs, two outputs: each input has a network of its own, what they say is put side by side,
and each answer is read off that.

    a = W2 relu(W1 x + b1) + b2;   c = V2 relu(V1 y + d1) + d2
    group = G [a; c] + g;   class = C [a; c] + k

The course fuses 32 numbers and 64 numbers (10 from one, 1 from the other) into 42 classes: 5,379
parameters, and no groups. How much an input may say is the width of its last layer.

Paper: Ngiam and others 2011, "Multimodal Deep Learning"; Caruana 1997, "Multitask Learning".
Left out on purpose: filters, which pictures of more than a few pixels need.
Strong and weak: Inputs of any kinds go together; what the two say of one another, which upper
strokes go with which lower ones, is weighed only after each was read alone.

Shapes: B batch, A and C numbers that an input may say, G groups, K classes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lm_core.models.contract import Model, models
from lm_core.models.tracing import record
from lm_core.settings import Settings, setting


@dataclass(frozen=True)
class TwoInputSettings(Settings):
    """How wide each of the two networks is, and how much it may say."""

    first_hidden: int = setting(
        64, title="First, hidden", low=1, high=4096, unit="units", help="Reads the first input."
    )
    first_says: int = setting(
        10, title="First, output", low=1, high=1024, help="Numbers that are kept of it."
    )
    second_hidden: int = setting(
        32, title="Second, hidden", low=1, high=4096, unit="units", help="Reads the second input."
    )
    second_says: int = setting(
        10, title="Second, output", low=1, high=1024, help="Numbers that are kept of it; 1 in 003."
    )


@models.register(
    "two-input",
    title="Two inputs, two outputs",
    idea="Two inputs are read apart, put side by side, and two questions are answered.",
    paper="Ngiam and others 2011, Multimodal Deep Learning",
    settings=TwoInputSettings,
    order=203,
    train={"lr": 3e-3, "batch_size": 32},
)
class TwoInput(Model):
    tasks = ("two-class",)

    def __init__(
        self, settings: TwoInputSettings, first: int, second: int, n_classes: int, n_groups: int = 0
    ) -> None:
        """Args: first, second: numbers of an example at each input; n_groups: 0 asks for the class
        alone."""
        super().__init__(settings)
        s = settings
        self.first = nn.Sequential(
            nn.Linear(first, s.first_hidden), nn.ReLU(), nn.Linear(s.first_hidden, s.first_says)
        )
        self.second = nn.Sequential(
            nn.Linear(second, s.second_hidden), nn.ReLU(), nn.Linear(s.second_hidden, s.second_says)
        )
        fused = s.first_says + s.second_says
        self.group = nn.Linear(fused, n_groups) if n_groups else None
        self.head = nn.Linear(fused, n_classes)

    def forward(self, first: Tensor, second: Tensor) -> tuple[Tensor | None, Tensor]:
        """(B, ...) and (B, ...) -> logits of the groups (B, G), None without, and of the classes
        (B, K)."""
        said = self.first(first.flatten(1)), self.second(second.flatten(1))  # (B, A), (B, C)
        for part, one in zip((self.first, self.second), said, strict=True):
            record(part, "says", one)
        h = torch.cat(said, dim=1)  # (B, A + C)
        return (None if self.group is None else self.group(h)), self.head(h)
