"""Dataset explorer: what a text is made of."""
