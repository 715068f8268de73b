"""Model families, one idea a file, one contract (`contract.py`)."""

from lm_core.models.contract import LanguageModel, models

__all__ = ["LanguageModel", "models"]
