"""Series to forecast, split by time."""

from lm_core.corpora.series import made, temperatures

__all__ = ["made", "temperatures"]
