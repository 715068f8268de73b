"""Tasks of other kinds than text, each in one small file, to show that they fit the house."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from lm_core.corpora import corpora
from lm_core.models import models
from lm_core.training.task import tasks

REGISTRIES = (corpora, models, tasks)


@contextmanager
def moved_in(*toys: str) -> Iterator[None]:
    """The toys are in the registries meanwhile: each file is run as if it lay in lm_core."""
    before = [(registry.names(), dict(registry._entries))[1] for registry in REGISTRIES]
    for toy in toys:
        sys.modules.pop(f"tests.tasks.toys.{toy}", None)
        importlib.import_module(f"tests.tasks.toys.{toy}")
    try:
        yield
    finally:
        for registry, entries in zip(REGISTRIES, before, strict=True):
            registry._entries.clear()
            registry._entries.update(entries)
