"""What of a run can be taken away: its curve as CSV, JSON or TensorBoard files, its model as a
checkpoint or as one script of plain PyTorch."""

import io
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import session
from pages._ui.plain import plain

if TYPE_CHECKING:
    from lm_core.runs.store import Run

# Of a checkpoint's folder; the state of the optimizer stays here.
MODEL_FILES = ("model.safetensors", "meta.json", "tokenizer.json", "history.json")


def downloads(run: "Run") -> None:
    """Buttons; each file is made when its button is pressed."""
    from importlib.util import find_spec

    from lm_core.runs.downloads import csv_file, json_lines, tensorboard_zip

    store = session.manager().store
    name = f"run-{run.id}"
    st.caption("The curve")
    with st.container(horizontal=True):
        _button("CSV", partial(csv_file, store, run), f"{name}.csv")
        _button("JSON lines", partial(json_lines, store, run), f"{name}.jsonl")
        missing = find_spec("tensorboard") is None
        _button(
            "TensorBoard",
            partial(tensorboard_zip, store, run),
            f"{name}-tensorboard.zip",
            disabled=missing,
            help="Install the package tensorboard first." if missing else None,
        )
    st.caption("The model")
    folder = store.run_folder(run.id) / "checkpoint"
    if not (folder / "meta.json").exists():
        st.caption("None yet: it is saved every few seconds and at the end.")
        return
    script, why_not = _script(str(folder), (folder / "meta.json").stat().st_mtime)
    with st.container(horizontal=True):
        _button("Checkpoint", partial(checkpoint_zip, folder), f"{name}-checkpoint.zip")
        _button("PyTorch script", lambda: script, f"{name}-script.zip", disabled=not script)
    if why_not:
        st.caption(plain(why_not))


def _button(label: str, make: Callable[[], bytes], name: str, **options: object) -> None:
    kind = "text/csv" if name.endswith(".csv") else "application/octet-stream"
    key = f"train-get-{label}"
    st.download_button(
        label, make, file_name=name, mime=kind, key=key, on_click="ignore", **options
    )


def checkpoint_zip(folder: Path) -> bytes:
    """The files that `lm_core` loads a model from."""
    from lm_core.checkpoints import where

    files = {name: where(folder, name) for name in MODEL_FILES}
    return _zipped({name: path for name, path in files.items() if path.exists()})


@st.cache_data(max_entries=4, show_spinner="Writing the script, and checking it …")
def _script(folder: str, changed: float) -> tuple[bytes, str]:
    """The script with its weights; or nothing, and why."""
    import tempfile

    from lm_core.checkpoints import load_checkpoint
    from lm_core.errors import LabError
    from lm_core.export import export_checkpoint

    with tempfile.TemporaryDirectory(prefix="lm-script-") as made:
        try:
            done = export_checkpoint(load_checkpoint(folder), "script", Path(made) / "model.py")
        except LabError as error:
            return b"", str(error)
        return _zipped({path.name: path for path in done.files}), ""


def _zipped(files: dict[str, Path]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files.items():
            archive.write(path, name)
    return packed.getvalue()
