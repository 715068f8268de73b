"""A family and a corpus in a module of their own, to show that nothing else has to know of them."""
