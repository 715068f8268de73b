"""Embeddings and layers: vectors of tokens as a map, and what each layer makes of a text."""
