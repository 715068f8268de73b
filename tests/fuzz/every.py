"""All entrances, from the files that have some."""

from tests.fuzz import archives, links, targets
from tests.fuzz.registry import TARGETS

__all__ = ["TARGETS", "archives", "links", "targets"]
