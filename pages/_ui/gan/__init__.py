"""GAN: a game of two networks, one that makes and one that judges."""
