"""Pictures, as examples that are numbers already."""

from lm_core.corpora.pictures import digits, faces, fashion, halves, mnist, points, shapes

__all__ = ["digits", "faces", "fashion", "halves", "mnist", "points", "shapes"]
