"""The foundations as small functions to play with: arrays, slopes, neurons, layers, optimizers."""
