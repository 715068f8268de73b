"""Families that look at pictures."""

from lm_core.models.pictures import convolution

__all__ = ["convolution"]
