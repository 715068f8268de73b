"""Writing: samplers turn logits into choices, the engine feeds them back."""

from lm_core.generation.engine import Written, generate, write_text
from lm_core.generation.samplers import SamplerSettings, sample

__all__ = ["SamplerSettings", "Written", "generate", "sample", "write_text"]
