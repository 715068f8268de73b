"""A worker's side in the test's own process."""

from lm_core.runs.store import RunStore
from lm_core.runs.worker import execute


def worked(store: RunStore, run: str) -> str:
    """Hand the run to a worker, which does all of it; how it ended."""
    return execute(str(store.folder), run, store.hand_over(run))
