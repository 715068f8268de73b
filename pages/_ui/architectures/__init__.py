"""Architectures: what the families of models are, how large, and what they count."""
