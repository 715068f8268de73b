"""Families that read the numbers of a row."""

from lm_core.models.tables import logistic, perceptron

__all__ = ["logistic", "perceptron"]
