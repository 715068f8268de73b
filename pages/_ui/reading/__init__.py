"""Read with the model's eyes: a text of one's own, and how likely a model finds each token."""
