"""Event files for TensorBoard (`tensorboard --logdir FOLDER`), by the package's own writer.

Curves are scalars (float32, as TensorBoard keeps them); what the model writes, what was diagnosed
and the settings are texts. The package is optional.
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
            importlib.import_module("tensorboard.summary")
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
        from tensorboard.compat.proto.event_pb2 import Event as FileEvent
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        self.began, self.seconds = began, 0.0
        place = folder / FOLDER
        for old in [] if after else sorted(place.glob("events.out.tfevents.*")):
            old.unlink()  # of an earlier run: TensorBoard would draw the two as one
        self.event, self.writer = FileEvent, EventFileWriter(str(place), flush_secs=FLUSH_SECONDS)
        if after:
            self._forget(after + 1)
        self._text("settings", 0, f"```\n{dumps(spec, indent=2)}\n```")

    def take(self, event: Event) -> None:
        if isinstance(event, Step):
            self.seconds = event.seconds
        if curves := figures(event):
            self._add(event.step, *({"tag": k, "simple_value": v} for k, v in curves.items()))
        match event:
            case Sampled():
                self._text("sample", event.step, event.text)
            case Diagnosed():
                said = f"**{event.severity}, {event.code}**: {event.text} {event.cure}"
                self._text("diagnosis", event.step, said)

    def close(self) -> None:
        self.writer.close()

    def _text(self, tag: str, step: int, text: str) -> None:
        from tensorboard.compat.proto import summary_pb2, tensor_pb2, types_pb2

        told = tensor_pb2.TensorProto(
            dtype=types_pb2.DT_STRING, string_val=[text.encode("utf-8", "replace")]
        )
        told.tensor_shape.dim.add(size=1)
        plugin = summary_pb2.SummaryMetadata.PluginData(plugin_name="text")
        about = summary_pb2.SummaryMetadata(
            plugin_data=plugin, data_class=summary_pb2.DATA_CLASS_TENSOR
        )
        self._add(step, {"tag": tag, "tensor": told, "metadata": about})

    def _add(self, step: int, *values: dict[str, Any]) -> None:
        event = self.event(wall_time=self._wall(), step=step)
        for value in values:
            event.summary.value.add(**value)
        self.writer.add_event(event)

    def _wall(self) -> float:
        return time.time() if self.began is None else self.began + self.seconds

    def _forget(self, step: int) -> None:
        """TensorBoard drops what an earlier file says of this step and later ones."""
        from tensorboard.compat.proto import event_pb2

        again = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
        self.writer.add_event(self.event(wall_time=self._wall(), step=step, session_log=again))
