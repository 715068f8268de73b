"""Architectures: the families of models, how large they are and what shapes go through them."""

import json
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import family_panels as panels
from pages._ui import front_door, session
from pages._ui.settings import settings_widgets
from pages._ui.show import show_source

if TYPE_CHECKING:
    from lm_core.registry import Entry
    from lm_core.settings import Settings

FIRST = "transformer"
ADDRESS_KEY = "settings"


def linked(entry: "Entry") -> "Settings":
    """The settings a link gives, else the family's own."""
    given = st.session_state.setdefault("architectures-link", st.query_params.get(ADDRESS_KEY, ""))
    try:
        data = json.loads(given[:2000]) if given else {}
    except (ValueError, RecursionError):
        data = {}
    if isinstance(data, dict) and data.pop("name", None) == entry.name:
        with session.mending():
            return entry.settings.from_dict(data)
    return entry.settings()


def link(entry: "Entry", settings: "Settings") -> None:
    """Keep what was changed in the address."""
    changed = {"name": entry.name, **settings.difference()}
    text = json.dumps(changed, separators=(",", ":")) if len(changed) > 1 else ""
    if text and st.query_params.get(ADDRESS_KEY) != text:
        st.query_params[ADDRESS_KEY] = text
    elif not text:
        st.query_params.pop(ADDRESS_KEY, None)


def page() -> None:
    """The screen from top to bottom."""
    from lm_core.models import models

    front_door.enter()
    st.title("Architectures")
    st.write("Every model answers one question: after these tokens, how likely is each next one?")
    titles = {entry.title: entry for entry in models}
    name = st.segmented_control(
        "Family",
        list(titles),
        default=models[FIRST].title,
        required=True,
        key="architectures-family",
        bind="query-params",
    )
    entry, settings = titles[name], None
    counting = entry.build.learns_by == "counting"
    panels.describe(entry)
    left, right = st.columns([2, 3], gap="medium")
    with left, st.container(border=True, height="stretch"):
        vocab_size = 65
        if not counting:
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
            settings = settings_widgets(linked(entry), key=f"architectures-{entry.name}", columns=2)
            link(entry, settings)
            if not counting:
                panels.notice(entry, settings, vocab_size)
    with right, st.container(border=True, height="stretch"):
        if settings is None:
            st.caption("The figures come back as soon as the settings fit together.")
        elif counting:
            panels.counted(entry, settings)
        else:
            panels.learned(entry, settings, vocab_size)
    if settings is not None:
        (panels.lookup if counting else panels.shapes)(entry, settings, vocab_size)
    panels.comparison(vocab_size)
    show_source(entry.build)


page()
