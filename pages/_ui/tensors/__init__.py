"""Tensors: a batch followed through a network, a training step in slow motion, a gradient check."""
