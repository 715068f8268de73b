"""The visitor's runs: what differs between them, how far each came, and what to do with one."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui import session

if TYPE_CHECKING:
    from lm_core.runs.store import Run

ADDRESS_KEY = "run"


def past_runs(current: str | None) -> None:
    """A table of the visitor's runs, newest first; choose one to open or delete it."""
    import pandas as pd

    runs = session.manager()
    mine = runs.store.runs_of(session.visitor())
    st.subheader("Your runs")
    if not mine:
        st.caption("None yet. Each run you start is kept here, and found again by this address.")
        return
    differing = settings_that_differ([run.spec for run in mine])
    titles = _titles(mine)
    rows = []
    for run, spec in zip(mine, differing, strict=True):
        named = {titles.get(name, name): value for name, value in spec.items()}
        rows.append(_row(run, named, run.id == current))
    picked = st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config={"": st.column_config.TextColumn(width=30)},
        key="train-runs",
    )
    chosen = [mine[i] for i in picked.selection.rows if i < len(mine)]
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Open", disabled=not chosen, key="train-open"):
            st.query_params[ADDRESS_KEY] = chosen[0].id
            st.rerun()
        if st.button("Delete", disabled=not chosen, key="train-delete"):
            with session.mending():
                runs.delete(chosen[0].id, session.visitor())
                if chosen[0].id == current:
                    st.query_params.pop(ADDRESS_KEY, None)
                    st.session_state.pop("train-run", None)
                st.rerun()
        if not chosen:
            st.caption("Tick a run to open or delete it.")


def _row(run: "Run", settings: dict[str, Any], current: bool) -> dict[str, Any]:
    from lm_core.training.events import Evaluated, Step

    store = session.manager().store
    evaluations = [r["nats"] for r in store.since(Evaluated, run.id) if r["split"] == "validation"]
    step = store.last(Step, run.id)
    return {
        "": "▸" if current else "",
        "Run": run.title,
        "State": run.status,
        "Steps": step["step"] if step else None,
        "Best validation, nats": round(min(evaluations), 3) if evaluations else None,
        "Last": round(evaluations[-1], 3) if evaluations else None,
        **settings,
    }


def _titles(runs: "list[Run]") -> dict[str, str]:
    """Dotted names of settings -> what the widgets call them, no two alike."""
    from lm_core.models import models
    from lm_core.runs.spec import CorpusSpec
    from lm_core.tokenizers import tokenizers
    from lm_core.training import Budget, TrainSettings

    parts = [("corpus", CorpusSpec), ("train", TrainSettings), ("budget", Budget)]
    parts += [("model", models[run.spec["model"]["name"]].settings) for run in runs]
    parts += [("tokenizer", tokenizers[run.spec["tokenizer"]["name"]].settings) for run in runs]
    titles = {"seed": "Seed", "tokenizer.name": "Tokenizer"}
    for part, settings in parts:
        for field in fields(settings):
            name, title = f"{part}.{field.name}", field.metadata["title"]
            if name not in titles:
                titles[name] = title if title not in titles.values() else f"{title} ({part})"
    return titles


def settings_that_differ(specs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each spec only the settings in which not all agree, as flat dotted names."""
    flat = [dict(_flatten(spec)) for spec in specs]
    names = {name for one in flat for name in one}
    differing = sorted(n for n in names if len({str(one.get(n)) for one in flat}) > 1)
    hidden = {"corpus.name", "corpus.text", "model.name"}  # the run's title says them
    return [{n: str(one.get(n, "")) for n in differing if n not in hidden} for one in flat]


def _flatten(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for key, value in tree.items():
        if isinstance(value, dict):
            pairs += _flatten(value, f"{prefix}{key}.")
        else:
            pairs.append((f"{prefix}{key}", value))
    return pairs
