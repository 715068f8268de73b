"""The map over the steps of a training: snapshots of the visitor's own runs."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import models, session
from pages._ui.shared.made_once import made_once

if TYPE_CHECKING:
    from torch import Tensor

    from lm_core.corpora.corpus import Progress
    from lm_core.inspection.separation import Separation
    from lm_core.runs.store import RunStore

KEPT = "layers-over-steps"  # in the session: the maps of one run


def run_of(choice: models.Choice) -> str | None:
    """The visitor's run that a model comes from; None of one that ships."""
    if choice.made is not None or choice.folder.parent == models.SHIPPED:
        return None
    return choice.folder.parent.name


def steps_of(choice: models.Choice) -> list[int]:
    """The steps that its run kept weights of; none where there is no run."""
    from lm_core.errors import LabError
    from lm_core.runs.snapshots import snapshot_steps

    run = run_of(choice)
    if run is None:
        return []
    try:
        store = session.manager().store
        store.get(run, session.visitor())
        return snapshot_steps(store, run)
    except LabError:
        return []


def maps(
    choice: models.Choice, table: str, steps: list[int]
) -> "list[tuple[Tensor, Tensor, Separation | None]]":
    """Of each step the points of all tokens on its own main axes (N, 3), their shares (3,), and
    how far vowels and consonants lie apart.

    Raises:
        LabError: a snapshot is damaged.
    """
    store, run = session.manager().store, run_of(choice)
    changed = [_changed(store, run, step) for step in steps]

    def make(tell: "Progress") -> list:
        found = []
        for n, (step, when) in enumerate(zip(steps, changed, strict=True)):
            found.append(_map(run, step, when, table, store))
            tell(n + 1, len(steps))
        return found

    source = (run, table, tuple(steps), tuple(changed))
    return made_once(KEPT, source, make, "Reading the weights of each step")


def _changed(store: "RunStore", run: str, step: int) -> float:
    """When the snapshot was written: a run that was begun anew has others under the same steps."""
    from lm_core.training.events import Snapshot

    paths = [Path(row["path"]) for row in store.since(Snapshot, run) if row["step"] == step]
    return paths[0].stat().st_mtime if paths and paths[0].exists() else 0.0


@st.cache_data(max_entries=128, show_spinner=False)
def _map(
    run: str, step: int, changed: float, name: str, _store: "RunStore"
) -> "tuple[Tensor, Tensor, Separation | None]":
    from lm_core.inspection.embeddings import of_kinds, token_tables
    from lm_core.inspection.projection import pca
    from lm_core.inspection.separation import separation
    from lm_core.runs.snapshots import snapshot_checkpoint

    saved = snapshot_checkpoint(_store, run, step)
    table = next(one for one in token_tables(saved.model, saved.codec) if one.name == name)
    found = pca(table.vectors)
    letters = of_kinds(table.kinds, "vowel", "consonant")
    kinds = [table.kinds[i] for i in letters]
    return found.points, found.shares, separation(table.vectors[letters], kinds)
