"""Counting: pairs and longer runs of tokens, live, and a network that learns the same table."""
