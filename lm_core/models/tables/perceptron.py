"""MLP of a table: hidden layers bend what a sum of columns cannot, then a class or a number.

    h = f(W_1 x + b_1), n_layer times;   logits, or the number = W h + b

Paper: Rumelhart, Hinton and Williams 1986, "Learning representations by back-propagating errors".
Left out on purpose: normalisation between the layers, embeddings of words in a cell.
Strong and weak: It finds what columns say together; of a few hundred rows it easily learns by
heart, and on tables forests of trees are often as good with less care.

Shapes: B batch, D columns, C = n_hidden, K outputs.
"""

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn

from lm_core.models import fields
from lm_core.models.contract import Model, models
from lm_core.models.tracing import record
from lm_core.settings import Settings, setting

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


@dataclass(frozen=True)
class PerceptronSettings(Settings):
    """How wide and deep, how it bends, what holds it back."""

    n_layer: int = setting(1, title="Hidden layers", low=1, high=8, help="One after another.")
    n_hidden: int = setting(
        32, title="Hidden layer", low=1, high=4096, unit="units", help="Of each layer."
    )
    activation: str = setting(
        "relu", title="Activation", choices=tuple(ACTIVATIONS), help="What bends each sum."
    )
    dropout: float = fields.dropout()


@models.register(
    "table-mlp",
    title="MLP of a table",
    idea="Hidden layers that find what the columns of a row say together.",
    paper="Rumelhart and others 1986, Learning representations by back-propagating errors",
    settings=PerceptronSettings,
    order=221,
    train={"lr": 5e-3, "batch_size": 32, "weight_decay": 0.01},
)
class Perceptron(Model):
    tasks = ("table-class", "table-value")

    def __init__(self, settings: PerceptronSettings, n_features: int, n_outputs: int) -> None:
        super().__init__(settings)
        s = settings
        wide = [n_features, *[s.n_hidden] * s.n_layer]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(wide))
        self.activation = ACTIVATIONS[s.activation]()
        self.dropout = nn.Dropout(s.dropout)
        self.head = nn.Linear(s.n_hidden, n_outputs)

    def forward(self, features: Tensor) -> Tensor:
        """(B, D) -> (B, K)."""
        h = features
        for layer in self.layers:
            h = self.activation(layer(h))  # (B, C)
            record(layer, "hidden", h, activation=self.settings.activation)
            h = self.dropout(h)
        return self.head(h)  # (B, K)
