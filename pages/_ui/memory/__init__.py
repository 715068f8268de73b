"""What the Memory screen is made of: gates, units that count, gradients, made texts."""
