"""Tables with an answer in each row: a class, or a number."""

from lm_core.corpora.tables import breast_cancer, diabetes, wine

__all__ = ["breast_cancer", "diabetes", "wine"]
