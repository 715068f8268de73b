"""The Masks screen: made scenes, networks that say a class for every pixel, things told apart."""
