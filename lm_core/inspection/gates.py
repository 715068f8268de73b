"""What a recurrent model keeps and lets through as it reads a text: state and gates of each unit.

    recorded = record_gates(model, ids)
    recorded.values["forget"]                      # (L, T, C)
    unit_step(model, recorded, layer, unit, t)     # the arithmetic of one unit at one token

The gates are those that the cell written out makes (`lm_core.models.lstm` and its kin); the fused
module never shows them.

Shapes: L layers, T tokens, C = n_hidden units, E width of what enters a layer.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.errors import BadText, Unsupported
from lm_core.models.contract import Model, evaluating, numbers_only
from lm_core.models.recurrent import Recurrent
from lm_core.models.tracing import trace

NONE = "This model keeps no state from token to token: choose an RNN, a GRU or an LSTM."


@dataclass(frozen=True, eq=False)
class Gates:
    """Every gate and state over one text, by name in the order in which the cell makes them."""

    values: dict[str, Tensor]  # each (L, T, C)
    entering: tuple[Tensor, ...]  # what each layer reads, (T, E) or (T, C)
    kept: tuple[str, ...]  # names of what goes to the next token

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.values)

    @property
    def gates(self) -> tuple[str, ...]:
        """Those that are computed from the weights, in the order of their rows."""
        return tuple(n for n in self.values if n not in self.kept) or self.kept[:1]

    def before(self, name: str, layer: int, t: int) -> Tensor:
        """(C,) a state as token t finds it; zero before the first."""
        states = self.values[name][layer]
        return states[t - 1] if t else torch.zeros_like(states[0])


@dataclass(frozen=True)
class Sum:
    """How one gate of one unit came about: value = function(from_input + from_state). In a GRU's
    candidate the reset gate is multiplied with `from_state` first."""

    name: str
    from_input: float  # W x + b
    from_state: float  # U h + b
    sum: float
    function: str  # "sigmoid", "tanh", "relu"
    value: float


@dataclass(frozen=True)
class UnitStep:
    """One unit at one token: each of its sums, and its states before and after."""

    sums: tuple[Sum, ...]
    before: dict[str, float]
    after: dict[str, float]

    def value(self, name: str) -> float:
        """Of a gate, by name."""
        return next(one.value for one in self.sums if one.name == name)


def has_gates(model: Model) -> bool:
    """Whether `record_gates` can serve this model."""
    return isinstance(model, Recurrent)


def record_gates(model: Model, ids: Tensor) -> Gates:
    """State and gates of every layer over one text of T ids, from an empty state. The model's
    train/eval mode is restored.

    Raises:
        Unsupported: the model keeps no state.
        BadText: there is no token.
        BadCheckpoint: weights too large to compute with.
    """
    if not has_gates(model):
        raise Unsupported(NONE)
    if not len(ids):
        raise BadText("There is no token to look at: write a text.")
    with evaluating(model), torch.inference_mode(), trace(model) as trail:
        numbers_only(model(ids.view(1, -1).to(model.device))[0])
        first = model.embedding(ids.to(model.device))  # (T, E)
    L = model.settings.n_layer
    names = [name.removeprefix("0.") for name in trail if name.startswith("0.")]
    values = {
        name: torch.stack([trail[f"{layer}.{name}"][0] for layer in range(L)]).float().cpu()
        for name in names
    }
    entering = (first.float().cpu(), *values["hidden"][:-1])
    return Gates(values, entering, model.kept)


def fused_hidden(model: Recurrent, ids: Tensor) -> Tensor:
    """(T, C): what torch's fused module makes of the last layer, without being looked into."""
    with evaluating(model), torch.inference_mode():
        return model.body(model.embedding(ids.view(1, -1).to(model.device)))[0][0].float().cpu()


def unit_step(model: Recurrent, recorded: Gates, layer: int, unit: int, t: int) -> UnitStep:
    """The arithmetic of one unit at token t, from the weights and what was recorded before it.

    Args:
        layer, unit, t: counted from 0.

    Raises:
        IndexError: no such place.
    """
    L, T, C = recorded.values["hidden"].shape
    if not (0 <= layer < L and 0 <= t < T and 0 <= unit < C):
        raise IndexError(f"no unit {unit} in layer {layer} at token {t}")
    w_x, w_h, b_x, b_h = (w.detach().float().cpu() for w in model.weights(layer))
    x, h = recorded.entering[layer][t], recorded.before("hidden", layer, t)
    sums: list[Sum] = []
    for place, name in enumerate(recorded.gates):
        row = place * C + unit
        from_input = float(w_x[row] @ x + b_x[row])
        from_state = float(w_h[row] @ h + b_h[row])
        through = _reset(sums) if name == "candidate" else 1.0
        total = from_input + through * from_state
        function = model.activations[name]
        value = float(getattr(torch, function)(torch.tensor(total)))
        sums.append(Sum(name, from_input, from_state, total, function, value))
    before = {n: float(recorded.before(n, layer, t)[unit]) for n in recorded.kept}
    after = {n: float(recorded.values[n][layer, t, unit]) for n in recorded.kept}
    return UnitStep(tuple(sums), before, after)


def _reset(sums: list[Sum]) -> float:
    """What a cell lets through of its state into the candidate: all, where it has no such gate."""
    return next((one.value for one in sums if one.name == "reset"), 1.0)
