"""An outlier made to order: one channel a great deal larger, and the model exactly the same.

Large language models have a few channels whose activations are twenty times or more those of the
rest (Dettmers et al. 2022). A small one can be given such a channel without any training. Values
are mixed by attention channel by channel, and the next matrix reads what was mixed:

    o = sum_i w_i v_i,    y = W_o o        v_j times f and column j of W_o by f: the same y

With f a power of two every float32 product and sum is the same to the bit, and so are the logits.
What changes is the range of o, which int8 has to cover with 256 steps.
"""

import copy
import math

import torch
from torch import Tensor

from lm_core.errors import BadSettings
from lm_core.models.attention import Attention
from lm_core.models.contract import Model


def with_outliers(model: Model, factor: int, channel: int | None = None) -> Model:
    """A model of its own, equal to `model`, in which one value channel of each attention layer is
    `factor` times as large.

    Args:
        factor: a power of two.
        channel: which, of the C that the heads hold together; of the layer's first, the one whose
            column of the next matrix weighs least, when None.

    Raises:
        BadSettings: no attention layers, or a factor that is no power of two.
    """
    if factor < 1 or factor & (factor - 1):
        raise BadSettings(f"factor must be a power of two, not {factor}.")
    made = copy.deepcopy(model).eval()
    made.int8 = None
    layers = attentions(made)
    if not layers:
        raise BadSettings("This model has no attention layers: choose a Transformer.")
    with torch.no_grad():
        for layer in layers:
            j = quietest(layer) if channel is None else channel % layer.out.in_features
            scale_channel(layer, j, factor)
    return made


def attentions(model: Model) -> list[Attention]:
    """Its attention layers, in order."""
    return [part for part in model.modules() if isinstance(part, Attention)]


def quietest(layer: Attention) -> int:
    """The channel that the next matrix reads with the smallest weights."""
    return int(layer.out.weight.detach().square().sum(0).argmin())


def scale_channel(layer: Attention, j: int, factor: float) -> None:
    """Value channel `j` times `factor`, and what reads it divided by it. Heads that share keys and
    values share their channels."""
    D, group = layer.D, layer.n_head // layer.n_kv_head
    own = j // D // group * D + j % D  # of the G D numbers of the values
    rows, bias = values_of(layer)
    rows[own] *= factor
    if bias is not None:
        bias[own] *= factor
    for head in range(j // D // group * group, j // D // group * group + group):
        layer.out.weight[:, head * D + j % D] /= factor


def values_of(layer: Attention) -> tuple[Tensor, Tensor | None]:
    """The rows of the matrix (and of its bias) that make the values, (G D, C), as a view."""
    (of,) = (part for name, part in layer.named_children() if name in ("qkv", "kv", "v"))
    count = layer.n_kv_head * layer.D
    bias = None if of.bias is None else of.bias[-count:]
    return of.weight[-count:], bias


def powers(most: int) -> list[int]:
    """1, 4, 16 ... up to `most`."""
    return [4**k for k in range(int(math.log(most, 4)) + 1)]
