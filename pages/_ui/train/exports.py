"""A model in the formats that other programs read: prepared in the background, once for each model,
then a file to take away."""

import shutil
from pathlib import Path
from typing import Any

import streamlit as st

from pages._ui.shared.alone import alone
from pages._ui.shared.plain import plain
from pages._ui.train.beside import EVERY, asides

FORMATS = ("torchscript", "torch-export", "onnx", "transformers")


def exports(folder: Path, card: dict[str, Any], name: str) -> None:
    """A row for each format: what it is for, and a button; or why there is none.

    Args:
        folder: of the checkpoint; what is made lies beside it.
        card: of the checkpoint.
        name: how the files are called.
    """
    from lm_core.export import formats, refused

    st.caption("For other programs. Preparing one takes some seconds, once.")
    why_nots = []
    offered = [f for f in formats() if f.name in FORMATS]
    for format in offered:
        if why_not := refused(card, format.name):
            why_nots.append(why_not)
            continue
        out = _place(folder, card) / f"model{format.suffix}"
        job = asides().of(str(out))
        going = job is not None and job.running
        row = alone(_row, run_every=EVERY if going else None)
        row(format, folder, out, f"{name}{format.suffix}", going)
    for why_not in dict.fromkeys(why_nots):
        st.caption(plain(why_not))


def _place(folder: Path, card: dict[str, Any]) -> Path:
    """The folder of what is made of these very weights."""
    hashes = card.get("sha256")
    weights = hashes.get("model.safetensors", "") if isinstance(hashes, dict) else ""
    return folder.parent / "exports" / (str(weights)[:16] or f"step-{card.get('step', 0)}")


def _row(format: Any, folder: Path, out: Path, name: str, going: bool) -> None:
    """`going`: whether it was on the way when the page was drawn."""
    from lm_core.charts.words import bytes_size

    key, jobs = f"train-get-{format.name}", asides()
    job = jobs.of(str(out))
    with st.container(horizontal=True, vertical_alignment="center"):
        if job is not None and job.running:
            waits = "waits for another" if job.seconds is None else f"{job.seconds:.0f} s"
            st.caption(f"Preparing {format.title} and checking it … {waits}")
            if st.button("Cancel", key=f"{key}-cancel"):
                jobs.forget(str(out))
                st.rerun()
            return
        if going:
            st.rerun()  # it has ended: there is nothing to look at any more
        if out.exists():
            size = bytes_size(out.stat().st_size)
            st.download_button(
                f"{format.title} ({size})",
                out.read_bytes,
                file_name=name,
                key=key,
                on_click="ignore",
            )
        elif st.button(f"Prepare {format.title}", key=f"{key}-prepare"):
            for older in out.parent.parent.glob("*"):  # of weights that have gone
                if older != out.parent:
                    shutil.rmtree(older, ignore_errors=True)
            command = ("export", str(folder), "--format", format.name, "--out", str(out))
            jobs.start(str(out), *command)
            st.rerun()
        st.caption(format.idea)
    if job is not None and job.error:
        st.error(plain(job.error))
    elif job is not None:
        jobs.forget(str(out))
        job.check()
