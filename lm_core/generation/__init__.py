"""Writing: samplers turn logits into choices, the engine feeds them back."""

from lm_core.generation.engine import Written, generate, write_text
from lm_core.generation.samplers import SamplerSettings, sample
from lm_core.generation.translating import Translation, translate

__all__ = [
    "SamplerSettings",
    "Translation",
    "Written",
    "generate",
    "sample",
    "translate",
    "write_text",
]
