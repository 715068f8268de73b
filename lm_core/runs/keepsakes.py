"""What a run's folder says of its run, so that a record that was lost can list it again.

The curve is in the record alone; whose run it is, its settings, its checkpoint and its snapshots
are in the folder. It lies where the record lies and is read by nobody else than that is.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lm_core.corpora.files import write_whole
from lm_core.errors import LabError
from lm_core.json_files import dumps, read_json
from lm_core.training.events import Checkpointed, Event, Snapshot

FILE = "run.json"
KEPT = ("owner", "title", "note", "kind", "options", "created", "spec")
MOST_BYTES = 1_000_000


def keep(folder: Path, row: dict[str, Any]) -> None:
    """Write of a run's row what is kept into its folder; a full disk costs no more than this."""
    with contextlib.suppress(OSError):
        write_whole(folder / FILE, dumps({name: row[name] for name in (*KEPT, "number")}).encode())


def found(runs: Path) -> Iterator[tuple[str, dict[str, Any], list[Event]]]:
    """Of each folder in `runs` that tells whose it is: the run's id, its columns, and the events
    whose files are there."""
    from lm_core.runs.spec import RunSpec

    for file in sorted(runs.glob(f"*/{FILE}")):
        with contextlib.suppress(LabError, OSError, TypeError, KeyError, ValueError):
            said = read_json(file, MOST_BYTES)
            columns = {name: said[name] for name in KEPT}
            columns["number"] = int(said.get("number", 0))  # an older lab does not say it
            RunSpec.from_dict(columns["spec"], trusted=True)
            yield file.parent.name, columns, list(_events(file.parent))


def _events(folder: Path) -> Iterator[Event]:
    for file in sorted(folder.glob("snapshots/step-*.safetensors")):
        yield Snapshot(int(file.stem.removeprefix("step-")), str(file))
    card = folder / "checkpoint" / "meta.json"
    if card.exists():
        yield Checkpointed(int(read_json(card, MOST_BYTES)["step"]), str(card.parent))
