"""A trained model changed a little: which of its weights learn on, what is added to it, and what
came of that."""
