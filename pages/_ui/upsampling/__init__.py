"""Making pictures larger: a grid by hand, and the distance of two normal distributions."""
