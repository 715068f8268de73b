"""What of a run can be taken away: its curve as CSV, JSON or TensorBoard files, its model as a
checkpoint, as a script with its text, and in formats that other programs read."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared import session
from pages._ui.shared.choice import choice_of
from pages._ui.shared.plain import plain
from pages._ui.train.exports import exports
from pages._ui.train.report import page_of

if TYPE_CHECKING:
    from lm_core.runs.store import Run


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
            help=NEEDED if missing else None,
        )
    st.caption("To hand in: the figures, the curve and what it wrote, on a page to print")
    _button("Report", page_of(run), f"{name}-report.html")
    st.caption("The model")
    folder = store.run_folder(run.id) / "checkpoint"
    card = _card(folder)
    if card is None:
        st.caption("None yet: it is saved every few seconds and at the end.")
        return
    from lm_core.export import event_graph, refused
    from lm_core.model_file import pack

    why_not = refused(card, "archive")
    graph = None if event_graph.refused(card) else partial(graph_of, folder)
    model_file = f"{name}-model.zip"
    with st.container(horizontal=True):
        _button("Model file", partial(pack, folder), model_file)
        _button(
            "Script, weights and text",
            partial(script_archive, folder, name),
            f"{name}-script.zip",
            disabled=bool(why_not),
        )
        if graph:
            _button(
                "Graph for TensorBoard",
                graph,
                f"{name}-graph.zip",
                disabled=missing,
                help=NEEDED if missing else None,
            )
    st.caption(plain(why_not) if why_not else SCRIPT)
    st.caption(TAKEN_HOME)
    st.code(in_python(model_file, writes=choice_of(folder, card).writes), language="python")
    exports(folder, card, name)


NEEDED = "Install the package tensorboard first."
TAKEN_HOME = (
    "The model file is the whole model: open it on Generate text in this lab or another, or in "
    "Python where the lab is installed:"
)


def in_python(file: str, *, writes: bool) -> str:
    """The lines that open a model file, and let it write where it can."""
    if not writes:
        return f'from lm_core.model_file import open_model\nsaved = open_model("{file}")'
    return (
        "from lm_core.model_file import open_model, write\n"
        f'saved = open_model("{file}")\n'
        "print(write(saved))"
    )


SCRIPT = (
    "Unpack it where Python has torch: `python model.py` writes at once, `python model.py train` "
    "trains it again on the text beside it."
)


def _button(label: str, make: Callable[[], bytes], name: str, **options: object) -> None:
    kinds = {"csv": "text/csv", "html": "text/html"}
    kind = kinds.get(name.rpartition(".")[2], "application/octet-stream")
    key = f"train-get-{label}"
    st.download_button(
        label, make, file_name=name, mime=kind, key=key, on_click="ignore", **options
    )


def _card(folder: Path) -> dict[str, Any] | None:
    """What the checkpoint says of itself; None where there is none to load."""
    from lm_core.checkpoints import read_meta, where
    from lm_core.errors import LabError

    try:
        return read_meta(folder) if where(folder, "meta.json").exists() else None
    except LabError:
        return None


def graph_of(folder: Path) -> bytes:
    """The model as the graph that TensorBoard draws, packed."""
    from lm_core.checkpoints import load_checkpoint
    from lm_core.export.event_graph import graph_zip

    return graph_zip(load_checkpoint(folder))


def script_archive(folder: Path, name: str) -> bytes:
    """The model as a script, with its weights and its text, packed. Made anew each time, as it
    holds the text, which its owner may delete."""
    import tempfile

    from lm_core.checkpoints import load_checkpoint
    from lm_core.export import export_checkpoint

    with tempfile.TemporaryDirectory(prefix="lm-script-") as made:
        out = Path(made) / f"{name}.zip"
        return export_checkpoint(load_checkpoint(folder), "archive", out).out.read_bytes()
