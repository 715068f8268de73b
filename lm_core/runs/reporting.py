"""What a run shows beside its losses: who watches its steps, and what is done at its evaluations.

Everything here together may take no more than three hundredths of the training time; evaluation and
samples have a share of their own (`lm_core.training.side`).
"""

from collections.abc import Callable, Sequence
from typing import Any

from lm_core.doctor.inside import Inside
from lm_core.encoded import Encoded
from lm_core.runs.gallery import share
from lm_core.runs.prepare import Prepared
from lm_core.runs.probing import Probe
from lm_core.runs.snapshots import Snapshots
from lm_core.runs.store import RunStore
from lm_core.training import Trainer
from lm_core.training.callbacks import Callback
from lm_core.training.events import Event


class Reporting:
    """Of one run: what its Trainer is given, and what its row says from the start."""

    def __init__(self, store: RunStore, run: str, prepared: Prepared) -> None:
        self.snapshots = Snapshots(store, run, prepared)
        self.inside = Inside(share=share(prepared.spec))
        # What is kept from training, scored token by token, where it is one text.
        reads = isinstance(prepared.data["train"], Encoded)
        self.probe = Probe(prepared) if reads else None

    @property
    def callbacks(self) -> Sequence[Callback]:
        """Those who see single steps; a counting model has none."""
        return self.snapshots, self.inside

    @property
    def aside(self) -> Sequence[Callable[[Trainer], Event]]:
        """What is made at each evaluation."""
        return () if self.probe is None else (self.probe,)

    @property
    def facts(self) -> dict[str, Any]:
        """What stays the same all through the run."""
        return {} if self.probe is None else {"probe": self.probe.tokens}
