"""A stored run as files to take away: the same CSV, JSON lines and TensorBoard files that a run of
the command line leaves beside its checkpoint, as bytes.

    row = store.get(run, owner)
    st.download_button("Curve", csv_file(store, row), "log.csv")

Ask for the run with its owner first: what is given here is given to whoever has the row.
"""

import io
import tempfile
import zipfile
from pathlib import Path

from lm_core.runs.store import TABLES, Run, RunStore
from lm_core.training.events import Checkpointed, Event, Snapshot
from lm_core.training.logs.csv_file import write_csv
from lm_core.training.logs.event_files import FOLDER, EventFiles
from lm_core.training.logs.json_lines import event_of, write_lines

PLACES = (Checkpointed, Snapshot)  # on this machine


def stored_events(store: RunStore, run: Run) -> list[Event]:
    """Everything the run has shown so far, step by step, but not where its files are."""
    found = []
    for order, kind in enumerate(kind for kind in TABLES if kind not in PLACES):
        _, columns = TABLES[kind]
        for row in store.since(kind, run.id):
            event = event_of(kind, {column: row[column] for column in columns})
            found.append((event.step, order, event))
    return [event for _, _, event in sorted(found, key=lambda one: one[:2])]


def csv_file(store: RunStore, run: Run) -> bytes:
    """The curve, a row a step; columns as in `training/logs/csv_file.py`."""
    return write_csv(stored_events(store, run)).encode()


def json_lines(store: RunStore, run: Run) -> bytes:
    """The settings, how the run ended, and every event, one JSON object a line."""
    about = {"name": run.title, "after": 0, "status": run.status, "message": run.message}
    about |= {"created": run.created, "facts": run.facts}
    return write_lines(stored_events(store, run), run.spec, **about).encode()


def tensorboard_zip(store: RunStore, run: Run) -> bytes:
    """A zip with the run's event file, to unpack and show with `tensorboard --logdir`.

    Raises:
        Unsupported: the package tensorboard is not installed.
    """
    began = run.created  # when it was started or last gone on with is another time
    with tempfile.TemporaryDirectory(prefix="lm-log-") as folder:
        log = EventFiles(Path(folder), run.spec, name=run.title, after=0, began=began)
        try:
            for event in stored_events(store, run):
                log.take(event)
        finally:
            log.close()
        (made,) = Path(folder, FOLDER).iterdir()
        content = made.read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        # Under a name of its own: the writer's has this machine's name in it.
        archive.writestr(f"{run.id}/events.out.tfevents.{int(began)}.lab", content)
    return packed.getvalue()
