"""Families that look at pictures."""

from lm_core.models.pictures import convolution, fcn, residual, unet, vit

__all__ = ["convolution", "fcn", "residual", "unet", "vit"]
