"""Programs that keep many runs to compare: Weights & Biases and trackio, where they are installed.

Both could send what they are given to another machine. Here neither does: Weights & Biases is told
to stay offline and to report nothing home, and trackio to use its own store on this machine,
whatever their variables say.
"""

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from lm_core.errors import Unsupported
from lm_core.training.events import Event
from lm_core.training.logs.log import Log, figures

PROJECT = "language-model-lab"
ELSEWHERE = ("TRACKIO_SPACE_ID", "TRACKIO_SERVER_URL", "TRACKIO_BUCKET_ID")


class Tracker(Log):
    """A log of figures alone; a subclass says how its program begins and ends a run."""

    package: str

    @classmethod
    def check(cls) -> None:
        _installed(cls.package)

    def __init__(self, folder: Path, spec: dict[str, Any], *, name: str, after: int) -> None:
        with _apart():
            self.program = _installed(self.package)
            self.run = self.begin(folder, {"name": name, "config": spec})

    def begin(self, folder: Path, about: dict[str, Any]) -> Any:
        raise NotImplementedError

    def take(self, event: Event) -> None:
        if values := figures(event):
            self.run.log(values, step=event.step)

    def close(self) -> None:
        with _apart():
            self.end()

    def end(self) -> None:
        raise NotImplementedError


class WeightsAndBiases(Tracker):
    """A folder `wandb/` in the logs, which `wandb sync` can send later."""

    package = "wandb"

    @classmethod
    def check(cls) -> None:
        # Read when it is imported; offline alone does not silence its own telemetry.
        os.environ.update(WANDB_ERROR_REPORTING="false")
        super().check()

    def begin(self, folder: Path, about: dict[str, Any]) -> Any:
        return self.program.init(project=PROJECT, dir=str(folder), mode="offline", **about)

    def end(self) -> None:
        self.run.finish()


class Trackio(Tracker):
    """Trackio's store, where `trackio show` finds it."""

    package = "trackio"

    def begin(self, folder: Path, about: dict[str, Any]) -> Any:
        told = {name: os.environ.pop(name) for name in ELSEWHERE if name in os.environ}
        try:
            return self.program.init(project=PROJECT, embed=False, **about)
        finally:
            os.environ.update(told)

    def end(self) -> None:
        self.program.finish()  # and not run.finish, after which it would be ended again at exit


def _installed(package: str) -> ModuleType:
    try:
        return importlib.import_module(package)
    except ImportError:
        raise Unsupported(
            f"This log needs one more package: pip install {package}, or leave it out."
        ) from None


@contextlib.contextmanager
def _apart() -> Iterator[None]:
    """What the program prints goes where progress goes: standard output has the answer alone."""
    with contextlib.redirect_stdout(sys.stderr):
        yield
