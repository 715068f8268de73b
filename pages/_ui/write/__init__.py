"""Home, Generate text, Generate names: what models write, and why they wrote it."""
