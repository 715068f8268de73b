"""Families that look at pictures, and that make some."""

from lm_core.models.pictures import (
    autoencoder,
    convolution,
    dcgan,
    fcn,
    game,
    grid_detector,
    published,
    residual,
    two_input,
    unet,
    vit,
)

__all__ = [
    "autoencoder",
    "convolution",
    "dcgan",
    "fcn",
    "game",
    "grid_detector",
    "published",
    "residual",
    "two_input",
    "unet",
    "vit",
]
