"""A gradient check by nudging: is the slope that autograd gives the slope that is there?

    (L(w + h) - L(w - h)) / 2h   beside   dL/dw,   in float64

    checks = check(model, idx, targets, "head.weight", [(0, 3), (5, 1)])
    checks[0].nudged, checks[0].autograd, checks[0].error

Too large an h sees the bend of the loss, too small a one the rounding of the numbers: `by_size`
shows both ends. The nudges are made on a private copy.

Shapes: B rows, T tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.inspection.one_step import mean_surprise, private
from lm_core.models.contract import LanguageModel, evaluating, numbers_only

H = 1e-5  # near the cube root of float64's precision, where a central difference is best
SIZES = tuple(10.0**-k for k in range(1, 13))
TINY = 1e-12  # slopes below it are nothing


@dataclass(frozen=True)
class Check:
    """One weight."""

    place: tuple[int, ...]
    weight: float
    above: float  # the loss with h more
    below: float  # and with h less
    nudged: float  # the slope between them
    autograd: float

    @property
    def error(self) -> float:
        """Of the two slopes, relative to the larger; 0 where both are nothing."""
        return relative(self.nudged, self.autograd)


@dataclass(frozen=True)
class BySize:
    """The relative error of one slope for each size of the nudge."""

    sizes: tuple[float, ...]
    central: tuple[float, ...]  # in float64, of both sides
    forward: tuple[float, ...]  # in float64, of one side alone
    single: tuple[float, ...]  # in float32, of both sides


def check(
    model: LanguageModel,
    idx: Tensor,
    targets: Tensor,
    parameter: str,
    places: Sequence[tuple[int, ...]],
    *,
    h: float = H,
) -> list[Check]:
    """Nudge some numbers of a parameter, each alone.

    Args:
        idx, targets: (B, T) ids; a target of -1 is not asked for.
        parameter: its name in the model.

    Raises:
        Unsupported, BadSettings: as `one_step.private`.
        BadCheckpoint: its scores are not numbers.
        KeyError, IndexError: no such number.
    """
    twin = private(model).double()
    true = _slopes(twin, idx, targets, parameter)
    found = []
    for place in map(tuple, places):
        weight = _weight(twin, parameter)[place].item()
        above, below = (_moved(twin, idx, targets, parameter, place, by) for by in (h, -h))
        slope = (above - below) / (2 * h)
        found.append(Check(place, weight, above, below, slope, true[place].item()))
    return found


def by_size(
    model: LanguageModel, idx: Tensor, targets: Tensor, parameter: str, place: tuple[int, ...]
) -> BySize:
    """How the error of one slope goes with the size of the nudge. Raises as `check`."""
    double, single = private(model).double(), private(model).float()
    true = _slopes(double, idx, targets, parameter)[place].item()
    here = _moved(double, idx, targets, parameter, place, 0.0)
    central, forward, coarse = [], [], []
    for h in SIZES:
        up, down = (_moved(double, idx, targets, parameter, place, by) for by in (h, -h))
        central.append(relative((up - down) / (2 * h), true))
        forward.append(relative((up - here) / h, true))
        up, down = (_moved(single, idx, targets, parameter, place, by) for by in (h, -h))
        coarse.append(relative((up - down) / (2 * h), true))
    return BySize(SIZES, tuple(central), tuple(forward), tuple(coarse))


def some_places(gradient: Tensor, count: int, seed: int = 0) -> list[tuple[int, ...]]:
    """Numbers of a parameter worth a check: half of them where its gradient is largest, the others
    at random."""
    size = gradient.numel()
    first = gradient.abs().flatten().topk(min(size, (count + 1) // 2)).indices.tolist()
    order = torch.randperm(size, generator=torch.Generator().manual_seed(seed)).tolist()
    chosen = list(dict.fromkeys([*first, *order]))[: min(size, count)]
    return [
        tuple(int(i) for i in torch.unravel_index(torch.tensor(n), gradient.shape)) for n in chosen
    ]


def slopes(model: LanguageModel, idx: Tensor, targets: Tensor, parameter: str) -> Tensor:
    """Autograd's gradient of the mean surprise with respect to a parameter, in its shape. Raises
    as `check`."""
    return _slopes(private(model), idx, targets, parameter)


def relative(a: float, b: float) -> float:
    """The difference of two slopes over the larger of them."""
    larger = max(abs(a), abs(b))
    return abs(a - b) / larger if larger > TINY else 0.0


def _slopes(model: LanguageModel, idx: Tensor, targets: Tensor, parameter: str) -> Tensor:
    weight = _weight(model, parameter)
    with evaluating(model), torch.enable_grad():
        logits = model(idx)[0]
        numbers_only(logits.detach())
        (found,) = torch.autograd.grad(mean_surprise(logits, targets), weight, allow_unused=True)
    return torch.zeros_like(weight) if found is None else found


@torch.no_grad()
def _moved(
    model: LanguageModel,
    idx: Tensor,
    targets: Tensor,
    parameter: str,
    place: tuple[int, ...],
    by: float,
) -> float:
    """The loss with one number moved; it is put back."""
    weight = _weight(model, parameter)
    kept = weight[place].clone()
    weight[place] += by
    with evaluating(model):
        loss = float(mean_surprise(model(idx)[0], targets))
    weight[place] = kept
    return loss


def _weight(model: LanguageModel, parameter: str) -> Tensor:
    return dict(model.named_parameters())[parameter]
