"""Pictures, as examples that are numbers already."""

from lm_core.corpora.pictures import digits, faces, shapes

__all__ = ["digits", "faces", "shapes"]
