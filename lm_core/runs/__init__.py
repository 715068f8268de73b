"""A run is a thing of its own: described by a RunSpec, executed by a worker, kept in a RunStore."""

from lm_core.runs.spec import CorpusSpec, RunSpec

__all__ = ["CorpusSpec", "RunSpec"]
