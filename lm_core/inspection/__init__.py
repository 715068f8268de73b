"""Looking inside: a recorded forward pass."""

from lm_core.inspection.attention import attention_maps, has_attention
from lm_core.models.tracing import Trace, trace

__all__ = ["Trace", "attention_maps", "has_attention", "trace"]
