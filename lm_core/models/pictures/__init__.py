"""Families that look at pictures, and that make some."""

from lm_core.models.pictures import autoencoder, convolution, dcgan, game

__all__ = ["autoencoder", "convolution", "dcgan", "game"]
