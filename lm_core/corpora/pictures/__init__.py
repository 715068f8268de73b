"""Pictures, as examples that are numbers already."""

from lm_core.corpora.pictures import boxes, digits, faces, fashion, halves, mnist, points, shapes

__all__ = ["boxes", "digits", "faces", "fashion", "halves", "mnist", "points", "shapes"]
