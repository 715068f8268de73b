"""The visitor's runs: find one, open it, lay several over each other, name, note, save, delete."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import session
from pages._ui.shared.looks import looking
from pages._ui.shared.open_run import TRAINED
from pages._ui.shared.plain import plain
from pages._ui.shared.standing import paced
from pages._ui.train import table
from pages._ui.train.downloads import downloads
from pages._ui.train.leaving import delete_all
from pages._ui.train.names import mine as _mine
from pages._ui.train.names import started
from pages._ui.train.sharing import sharing
from pages._ui.train.steering import act, trouble
from pages._ui.train.together import together

if TYPE_CHECKING:
    from lm_core.runs.store import Run

LOOK_SECONDS = 2.0  # between two looks at the figures of runs that go on
TICKED, FIND, NAMING = "train-ticked", "train-find", "train-naming"
DELETED = "train-deleted"  # how often something was
BEGUN = "train-table"  # the table on the page, and the rows that were ticked when it began
UNKNOWN = (
    "Your browser sent no cookie, so runs are found again only until this page is closed: load it "
    "anew, or allow cookies for this address."
)
HEIGHT = 320  # pixels of the table, beyond which it scrolls


def past_runs(current: str | None) -> None:
    """Runs laid over each other where there are several to compare, and a table of all, newest
    first."""
    mine = _mine()
    chosen = _ticked(mine)
    going = [run for run in mine if run.active]
    watched = chosen if len(chosen) > 1 else going
    if len(watched) > 1:
        together(watched[::-1])
    st.header("Your runs")
    if notice := session.manager().store.notice:
        st.warning(plain(notice))
    _removed()
    if not session.is_known():
        st.caption(UNKNOWN)
    if not mine:
        st.caption("None yet. Each run you start is kept here, for this browser alone.")
    else:
        owner = session.visitor()
        every = paced(LOOK_SECONDS) if going else None
        looking(_table, every, lambda: _news(owner))(current)
    delete_all()


def _news(owner: str) -> list[object]:
    """What the table is drawn from."""
    store = session.manager().store
    return [(run, store.newest(run.id)) for run in store.runs_of(owner)]


def _removed() -> None:
    """What was removed to make room, until it was read."""
    from lm_core.runs.quota import sentence

    store = session.manager().store
    if count := store.removed(session.visitor()):
        st.warning(sentence(count))
        if st.button("Understood", key="train-removed"):
            store.understood(session.visitor())
            st.rerun()


def _ticked(mine: "list[Run]") -> "list[Run]":
    kept = st.session_state.get(TICKED, [])
    return [run for run in mine if run.id in kept]


def _table(current: str | None) -> None:
    import pandas as pd

    with session.mending():
        mine = _mine()
        rows = table.rows(session.manager().store, mine, current)
        words = ""
        if len(mine) > 1:
            words = st.text_input(
                "Find",
                key=FIND,
                placeholder="words of a name, a note, a setting",
                label_visibility="collapsed",
            )
        found = [i for i, row in enumerate(rows) if table.found_by(row, words)]
        shown = [mine[i] for i in found]
        if not shown:
            st.caption("No run has all of these words.")
            return
        ids = [run.id for run in shown]
        # Rows are ticked by their place: with other rows it is another table, ticked anew.
        key = f"train-runs-{'-'.join(ids)}"
        if st.session_state.get(BEGUN, ("",))[0] != key:
            ticked = st.session_state.get(TICKED, [])
            begun = [i for i, run in enumerate(ids) if run in ticked]
            st.session_state[BEGUN] = (key, begun)
        st.dataframe(
            pd.DataFrame([rows[i] for i in found]),
            hide_index=True,
            height=HEIGHT if len(shown) > 8 else "auto",
            on_select=lambda: _tick(key, ids),
            selection_mode="multi-row",
            selection_default={
                "selection": {"rows": st.session_state[BEGUN][1], "columns": [], "cells": []}
            },
            column_config={"": st.column_config.TextColumn(width=30)},
            placeholder="–",
            key=key,
        )
        if st.session_state.pop("train-ticks-changed", False):
            st.rerun()  # the whole page: what is ticked is drawn above the table
        _actions(_ticked(shown), current)


def _tick(key: str, ids: list[str]) -> None:
    """What is ticked now among the rows shown, and what was ticked among the others."""
    rows = st.session_state[key]["selection"]["rows"]
    others = [run for run in st.session_state.get(TICKED, []) if run not in ids]
    st.session_state[TICKED] = others + [ids[i] for i in rows if i < len(ids)]
    st.session_state["train-ticks-changed"] = True


def _actions(chosen: "list[Run]", current: str | None) -> None:
    one = chosen[0] if len(chosen) == 1 else None
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Open", disabled=one is None, key="train-open"):
            TRAINED.show(one.id)
            st.rerun()
        with st.popover("Name and note", disabled=one is None, key=NAMING):
            if one:
                _naming(one)
        with st.popover(
            "Download", disabled=one is None, key="train-download", on_change="rerun"
        ) as saving:
            if one and saving.open:
                downloads(one)
        with st.popover(
            "Share", disabled=one is None, key="train-share", on_change="rerun"
        ) as giving:
            if one and giving.open:
                sharing(one)
        times = st.session_state.get(DELETED, 0)  # after each another one, which is closed
        with st.popover("Delete", disabled=not chosen, key=f"train-delete-{times}"):
            if chosen:
                _delete(chosen, current)
        if not chosen:
            st.caption("Tick a run to open, name or save it, several to see them together.")
        elif len(chosen) > 1:
            st.caption(f"{len(chosen)} runs are drawn together above the table.")
    for run in chosen:
        trouble(run.id)


def _naming(run: "Run") -> None:
    runs = session.manager()
    title = st.text_input("Name", run.title, key=f"train-name-{run.id}", max_chars=80)
    note = st.text_area(
        "Note",
        run.note,
        key=f"train-note-{run.id}",
        max_chars=2000,
        placeholder="What you tried, what you saw",
    )
    if st.button("Keep", key="train-keep"):
        _ = act(run.id, runs.rename, title, place=NAMING) and act(
            run.id, runs.annotate, note, place=NAMING
        )
        st.rerun()
    trouble(run.id, NAMING)


def _delete(chosen: "list[Run]", current: str | None) -> None:
    """The question, and what is done once it was answered."""
    going = [run for run in chosen if run.active and run.status != "queued"]
    ended = [run for run in chosen if run not in going]
    for run in going:
        st.caption(f"Run {run.number} is still going: stop it first.")
    if not ended:
        return
    for run in ended:
        waits = " It waits for a worker." if run.active else ""
        st.markdown(
            f"Delete run {run.number}, “{plain(run.title)}”, started {started(run)}?{waits}"
        )
    st.caption("Its curve, its model and its note are then gone for good.")
    if st.button("Delete it" if len(ended) == 1 else f"Delete {len(ended)} runs", key="train-sure"):
        st.session_state[DELETED] = st.session_state.get(DELETED, 0) + 1
        for run in ended:
            if not act(run.id, session.manager().delete):
                break
            st.session_state[TICKED] = [r for r in st.session_state.get(TICKED, []) if r != run.id]
            st.toast(f"Run {run.number}, “{plain(run.title)}”, is deleted.")
            if run.id == current:
                TRAINED.forget()
        st.rerun()
