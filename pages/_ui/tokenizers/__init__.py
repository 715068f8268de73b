"""Tokenizers: one text under each of them, and how they came to cut it so."""
