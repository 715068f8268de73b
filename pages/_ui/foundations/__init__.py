"""Foundations: gradients by hand, one neuron, slopes, arrays and tensors, optimizers, an MLP."""
