"""Looking inside: a recorded forward pass."""

from lm_core.inspection.attention import (
    AttentionCell,
    attention_cell,
    attention_maps,
    has_attention,
    text_ids,
)
from lm_core.inspection.heads import AcrossReading, HeadReading, read_across, read_heads
from lm_core.inspection.reach import reach
from lm_core.inspection.teacher_forcing import Forced, forced, has_mask
from lm_core.inspection.values import Taken, take_values
from lm_core.inspection.views import AttentionView, views_in, views_of_pair, views_of_text
from lm_core.models.tracing import Trace, trace

__all__ = [
    "AcrossReading",
    "AttentionCell",
    "AttentionView",
    "Forced",
    "HeadReading",
    "Taken",
    "Trace",
    "attention_cell",
    "attention_maps",
    "forced",
    "has_attention",
    "has_mask",
    "reach",
    "read_across",
    "read_heads",
    "take_values",
    "text_ids",
    "trace",
    "views_in",
    "views_of_pair",
    "views_of_text",
]
