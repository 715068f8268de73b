"""Logs: what a training says, written down for other programs while it goes on.

    with Logs(["csv", "json"], folder, spec=spec.to_dict(), name="my run") as log:
        for event in trainer.run():
            log(event)

    csv          log.csv, the curve as a table: a row a step
    json         log.jsonl, the settings and everything that was said, a line each
    tensorboard  tensorboard/, event files
    wandb        Weights & Biases, offline: a folder that `wandb sync` can send
    trackio      trackio's own local store

The Trainer knows none of them. The last two need packages that the lab does not; nothing here calls
another machine.
"""

import importlib
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from lm_core.errors import StoreUnavailable, UnknownName, nearest
from lm_core.home import unwritable
from lm_core.training.events import Event
from lm_core.training.logs.log import Log

__all__ = ["ALWAYS", "LOGS", "Log", "Logs"]

ALWAYS = ("csv", "json")  # of every run of the command line
LOGS = {  # name -> module and class; imported when asked for
    "csv": ("csv_file", "CsvFile"),
    "json": ("json_lines", "JsonLines"),
    "tensorboard": ("event_files", "EventFiles"),
    "wandb": ("trackers", "WeightsAndBiases"),
    "trackio": ("trackers", "Trackio"),
}


class Logs:
    """Several logs in one folder; call it with each event, and close it.

    Args:
        names: which, of LOGS; one named twice is kept once.
        folder: made where it is not there.
        spec: the run's settings, as `RunSpec.to_dict`.
        name: what the run is called in a log that holds several.
        after: the step that a resumed run goes on from: earlier steps stay, later ones go. 0: a
            new run, and what an earlier one left in `folder` is replaced.

    Raises:
        UnknownName: no log of that name.
        Unsupported: its package is not installed.
        StoreUnavailable: the folder cannot be written; from any method.
    """

    def __init__(
        self, names: Sequence[str], folder: Path, *, spec: dict[str, Any], name: str, after: int = 0
    ) -> None:
        self.folder = folder
        self.logs: list[Log] = []
        kinds = [log_of(kind) for kind in dict.fromkeys(names)]
        for kind in kinds:
            kind.check()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for kind in kinds:
                self.logs.append(kind(folder, spec, name=name, after=after))
        except OSError as error:
            self.close()
            raise StoreUnavailable(unwritable(error, folder)) from None
        except BaseException:
            self.close()
            raise

    def __call__(self, event: Event) -> None:
        try:
            for log in self.logs:
                log.take(event)
        except OSError as error:
            raise StoreUnavailable(unwritable(error, self.folder)) from None

    def close(self) -> None:
        """Close every log, also when one of them cannot be."""
        try:
            with ExitStack() as stack:
                while self.logs:
                    stack.callback(self.logs.pop().close)
        except OSError as error:
            raise StoreUnavailable(unwritable(error, self.folder)) from None

    def __enter__(self) -> "Logs":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def log_of(kind: str) -> type[Log]:
    """The class of a log by its name."""
    if kind not in LOGS:
        raise UnknownName(f"Unknown log {kind!r}{nearest(kind, list(LOGS))}")
    module, cls = LOGS[kind]
    return getattr(importlib.import_module(f"{__name__}.{module}"), cls)
