"""Logistic regression: each class adds up what every column says for it; softmax over the sums.

    p(class | x) = softmax(W x + b);   loss = -ln p + (l2 / 2) |W|^2

It is the neural bigram with measurements in place of a token: one matrix, softmax, cross-entropy.
Papers: Cox 1958, "The regression analysis of binary sequences"; several classes: Theil 1969.
Left out on purpose: products of columns, which would let it bend its borders.
Strong and weak: Its weights can be read, and little data is enough; between two classes it can
draw a straight border only.

Shapes: B batch, D columns, K classes.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from lm_core.models.contract import Model, models
from lm_core.models.tracing import record
from lm_core.settings import Settings, setting

TRAIN = {"lr": 0.02, "batch_size": 32, "weight_decay": 0.0}


@dataclass(frozen=True)
class LogisticSettings(Settings):
    """What holds it back."""

    l2: float = setting(
        0.01,
        title="Price of weights (L2)",
        low=0.0,
        high=10.0,
        help="Half of it times the sum of the squared weights is added to the loss. With N rows it "
        "is 1 / (N C) in scikit-learn's terms.",
    )


@models.register(
    "logistic",
    title="Logistic regression",
    idea="Adds up what each column says for each class: one matrix and a softmax.",
    paper="Cox 1958, The regression analysis of binary sequences",
    settings=LogisticSettings,
    order=220,
    train=TRAIN,
)
class Logistic(Model):
    tasks = ("table-class",)

    def __init__(self, settings: LogisticSettings, n_features: int, n_outputs: int) -> None:
        super().__init__(settings)
        self.head = nn.Linear(n_features, n_outputs)
        nn.init.zeros_(self.head.weight)  # all classes alike: its first loss is ln K
        nn.init.zeros_(self.head.bias)

    def forward(self, features: Tensor) -> Tensor:
        """(B, D) -> logits (B, K)."""
        logits = self.head(features)
        record(self.head, "logits", logits)
        return logits

    def price(self) -> Tensor:
        """What its weights cost, added to the loss."""
        return self.settings.l2 / 2 * self.head.weight.square().sum()
