"""Families that look at pictures."""

from lm_core.models.pictures import convolution, fcn, unet

__all__ = ["convolution", "fcn", "unet"]
