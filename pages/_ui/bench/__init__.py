"""Image bench: a chain of steps on a picture, cells painted by hand, a question."""
