"""Pictures, as examples that are numbers already."""

from lm_core.corpora.pictures import digits, fashion, mnist, points

__all__ = ["digits", "fashion", "mnist", "points"]
