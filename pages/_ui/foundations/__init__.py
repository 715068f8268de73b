"""Foundations: gradients by hand, one neuron, slopes, and what is built of them."""
