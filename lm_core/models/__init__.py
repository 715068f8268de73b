"""Model families, one idea a file, one contract (`contract.py`)."""

from lm_core.models.contract import LanguageModel, Model, models

__all__ = ["LanguageModel", "Model", "models"]
