"""Event files for TensorBoard (`tensorboard --logdir FOLDER`), by `torch.utils.tensorboard`.

Curves are scalars (float32, as TensorBoard keeps them); what the model writes, what was diagnosed
and the settings are texts.
"""

import importlib
import time
from pathlib import Path
from typing import Any

from lm_core.errors import Unsupported
from lm_core.json_files import dumps
from lm_core.training.events import Diagnosed, Event, Sampled, Step
from lm_core.training.logs.log import Log, figures

FOLDER = "tensorboard"
FLUSH_SECONDS = 5  # so that a page that looks on is not far behind
MISSING = "TensorBoard files need one more package: pip install tensorboard, or leave them out."


class EventFiles(Log):
    """Args:
    folder, spec, name, after: as for every log.
    began: when the run began, in seconds of the Unix clock, for one that is over; None says that
        it happens now.
    """

    @classmethod
    def check(cls) -> None:
        try:
            importlib.import_module("torch.utils.tensorboard")  # which needs the package
        except ImportError:
            raise Unsupported(MISSING) from None

    def __init__(
        self,
        folder: Path,
        spec: dict[str, Any],
        *,
        name: str,
        after: int,
        began: float | None = None,
    ) -> None:
        self.check()
        from torch.utils.tensorboard import SummaryWriter

        self.began, self.seconds = began, 0.0
        place = folder / FOLDER
        for old in [] if after else sorted(place.glob("events.out.tfevents.*")):
            old.unlink()  # of an earlier run: TensorBoard would draw the two as one
        again = after + 1 if after else None  # what an earlier file says from there on is dropped
        self.writer = SummaryWriter(str(place), purge_step=again, flush_secs=FLUSH_SECONDS)
        self._text("settings", 0, f"```\n{dumps(spec, indent=2)}\n```")

    def take(self, event: Event) -> None:
        if isinstance(event, Step):
            self.seconds = event.seconds
        for tag, value in figures(event).items():
            self.writer.add_scalar(tag, value, event.step, self._wall())
        match event:
            case Sampled():
                self._text("sample", event.step, event.text)
            case Diagnosed():
                said = f"**{event.severity}, {event.code}**: {event.text} {event.cure}"
                self._text("diagnosis", event.step, said)

    def close(self) -> None:
        self.writer.close()

    def _text(self, tag: str, step: int, text: str) -> None:
        whole = text.encode("utf-8", "replace").decode()  # half a character would be refused
        self.writer.add_text(tag, whole, step, self._wall())

    def _wall(self) -> float:
        return time.time() if self.began is None else self.began + self.seconds
