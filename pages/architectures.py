"""Architectures: the families of models, how large they are and what shapes go through them."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.json_files import dumps
from pages._ui.architectures import counted_panels as counted
from pages._ui.architectures import families, panels
from pages._ui.architectures.comparison import comparison
from pages._ui.architectures.costs import costs
from pages._ui.architectures.diagram import diagram
from pages._ui.architectures.other_data import other_data
from pages._ui.shared import address, front_door, session
from pages._ui.shared.corpus_choice import last_corpus
from pages._ui.shared.filling import fill, go
from pages._ui.shared.settings import settings_widgets

if TYPE_CHECKING:
    from lm_core.registry import Entry
    from lm_core.settings import Settings

FIRST = "transformer"
ADDRESS_KEY, LINKED = "settings", "architectures-linked"


def linked(entry: "Entry") -> "tuple[Settings, int]":
    """The settings that the address brought, else the family's own; and how often it brought any:
    widgets begin anew with them."""
    if LINKED not in st.session_state:
        st.session_state[LINKED] = (address.get(ADDRESS_KEY), 0)
    elif address.brought(ADDRESS_KEY):
        st.session_state[LINKED] = (address.get(ADDRESS_KEY), st.session_state[LINKED][1] + 1)
    given, times = st.session_state[LINKED]
    data = json.loads(given) if given else {}
    if data.pop("name", None) == entry.name:
        with session.mending():
            return entry.settings.from_dict(data), times
    return entry.settings(), times


def link(entry: "Entry", settings: "Settings") -> None:
    """Keep what was changed in the address."""
    changed = {"name": entry.name, **settings.difference()}
    text = dumps(changed, separators=(",", ":")) if len(changed) > 1 else ""
    address.keep(ADDRESS_KEY, text)


def train_this(entry: "Entry", settings: "Settings") -> None:
    """On to Train, with this family and these settings, on the text that was chosen last; of one
    that learns nothing from it, on the first text that is here and that it learns from."""
    from lm_core.corpora import corpora, is_ready
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.tasks import families_for

    if st.button("Train this one", key="architectures-train"):
        corpus = last_corpus()
        # It begins with nothing: the names model that ships has settings of its own.
        if entry.name in families_for(corpus.kind):
            usual = default_spec(corpus.spec(), entry.name, items=corpus.items, short=False)
        else:
            kinds = ((e.name, e.extra["info"].kind) for e in corpora)
            fit = (n for n, kind in kinds if entry.name in families_for(kind) and is_ready(n))
            usual = default_spec(CorpusSpec(name=next(fit)), entry.name, short=False)
        fill(replace(usual, model=settings), of="the model on Architectures")
        go()


def page() -> None:
    """The screen from top to bottom."""
    front_door.enter()
    st.title("Architectures")
    st.write("Every model answers one question: after these tokens, how likely is each next one?")
    entry = panels.choose(FIRST)
    panels.describe(entry)
    counting = entry.build.learns_by == "counting"
    settings = size = told = None
    left, right = st.columns([2, 3], gap="medium")
    with left, st.container(border=True, height="stretch"):
        vocab_size = st.number_input(
            "Vocabulary (tokens)",
            2,
            200_000,
            65,
            key="architectures-vocabulary",
            bind="query-params",
            help="How many different tokens the text has: about 30 to 100 characters, or "
            "4,000 and more pieces or words.",
        )
        with session.mending():
            columns = 1 if entry.build.learns_by == "both" else 2  # its settings are whole lines
            usual, times = linked(entry)
            key = f"architectures-{entry.name}" + (f"-{times}" if times else "")
            settings = settings_widgets(usual, key=key, columns=columns)
            link(entry, settings)
            train_this(entry, settings)
            if families.has_table(entry):
                counted.worth(entry, settings)
            size = families.size(entry.name, settings.to_dict(), vocab_size)
            told = families.costs(entry.name, settings.to_dict(), vocab_size)
            if counting:
                counted.notice(entry, settings, size, vocab_size)
            else:
                panels.notice(size, vocab_size)
    with right, st.container(border=True, height="stretch"):
        if settings is not None and counting:
            (counted.table if families.has_table(entry) else counted.stored)(entry, settings)
        elif size is not None:
            panels.learned(size, told)
        else:
            st.caption("The figures come back as soon as the settings fit together.")
    if settings is not None and counting:
        (counted.pairs if families.has_table(entry) else counted.lookup)(entry, settings)
    elif size is not None:
        costs(entry, settings, vocab_size, told)
        diagram(entry, settings, size, vocab_size)
        panels.shapes(entry, settings, size, vocab_size)
    comparison(vocab_size, size)
    other_data()
    panels.source(entry)


page()
