"""The parts of the screens of Foundations: arrays, slopes, neurons, layers, optimizers."""
