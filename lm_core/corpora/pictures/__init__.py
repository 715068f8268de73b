"""Pictures, as examples that are numbers already."""

from lm_core.corpora.pictures import digits, shapes

__all__ = ["digits", "shapes"]
