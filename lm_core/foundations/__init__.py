"""The foundations of learning, small enough to be done by hand: gradients, neurons, arrays, layers,
optimizers."""
