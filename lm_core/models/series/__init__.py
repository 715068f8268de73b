"""Families that read a series of numbers."""

from lm_core.models.series import forecasters

__all__ = ["forecasters"]
