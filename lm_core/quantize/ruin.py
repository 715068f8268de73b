"""What an outlier ruins, and what clipping mends: the same model scored in six ways."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from lm_core.encoded import Encoded
from lm_core.evaluation import evaluate
from lm_core.models.contract import LanguageModel
from lm_core.quantize.activations import ActivationSettings, largest_inputs, with_activations
from lm_core.quantize.outliers import attentions, with_outliers
from lm_core.quantize.whole import quantize


@dataclass(frozen=True)
class Lost:
    """Nats per token more than the float32 model; `equal`: every logit is as the model's."""

    name: str
    what: str
    nats: float
    equal: bool = False


def losses(model: LanguageModel, encoded: Encoded, factor: int, clip: float) -> Iterator[Lost]:
    """One row after the other: the model with its outlier in float32, with int8 weights, and with
    int8 activations as well.

    Args:
        factor: how much larger one channel is made, a power of two; 1 leaves the model as it is.
        clip: percentile at which the range of activations ends where it is clipped.

    Raises:
        BadSettings: as `with_outliers`.
    """
    base, far = evaluate(model, encoded).nats_per_token, with_outliers(model, factor)

    def lost(other: LanguageModel) -> float:
        return evaluate(other, encoded).nats_per_token - base

    yield Lost("float32", "float32", lost(far), same_logits(model, far, encoded))
    one = quantize(far, "int8-tensor").model(far)
    yield Lost("one", "weights, one scale", lost(one))
    small = quantize(far, "int8").model(far)
    yield Lost("weights", "weights, by channel", lost(small))
    for name, what, settings in (
        ("minmax", "+ activations, min to max", ActivationSettings()),
        ("clipped", f"+ clipped at {clip:g} %", ActivationSettings(clip=clip)),
        ("token", "+ activations, by token", ActivationSettings(per="token")),
    ):
        yield Lost(name, what, lost(with_activations(small, settings)))


def same_logits(model: LanguageModel, other: LanguageModel, encoded: Encoded) -> bool:
    """Whether two models give the same logits to the bit, over the first tokens of a text."""
    ids = encoded.ids[: min(64, model.context_size or 64)].unsqueeze(0)
    with torch.inference_mode():
        return torch.equal(model(ids)[0], other(ids)[0])


def ranges(model: LanguageModel, encoded: Encoded, factor: int) -> tuple[list[float], float]:
    """Of each channel that the first attention layer mixes the largest |x| over a text, and the
    step of int8 from the smallest to the largest of all."""
    far = with_outliers(model, factor)
    out = attentions(far)[0].out
    name = next(name for name, part in far.named_modules() if part is out)
    found = largest_inputs(far, lambda read: evaluate(read, encoded))[name]
    return found.tolist(), 2 * float(found.max()) / 255
