"""A guess at what mends a case of the gallery, asked before the cure is told; it can be skipped."""

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.runs.gallery import Case

GUESSED = "doctor-guessed"  # in the session: what was guessed, by the name of the case
OPTIONS = 4


def guess(case: "Case") -> None:
    """What could mend it, to choose from; after that, what does."""
    known: dict[str, str] = st.session_state.setdefault(GUESSED, {})
    key = f"doctor-guess-{case.name}"
    if case.name in known:
        st.markdown(_told(case, known[case.name]))
        return

    def take(answer: str | None) -> None:
        known[case.name] = answer or ""

    st.radio(
        "What would mend it?",
        options(case),
        index=None,
        format_func=plain,
        key=key,
        on_change=lambda: take(st.session_state[key]),
    )
    st.button("Tell me", type="tertiary", key=f"{key}-skip", on_click=take, args=(None,))


def options(case: "Case") -> list[str]:
    """What mends this case, and what mends others: the same each time, in no order that tells."""
    from lm_core.runs.gallery import CASES

    at = CASES.index(case)
    others = [one.mend for one in (*CASES[at + 1 :], *CASES[:at])]
    wrong = [mend for mend in dict.fromkeys(others) if mend != case.mend]
    every = max(1, len(wrong) // (OPTIONS - 1))  # from all over the gallery
    chosen = [case.mend, *wrong[::every][: OPTIONS - 1]]
    return sorted(chosen, key=lambda mend: hashlib.sha256(f"{case.name}{mend}".encode()).digest())


def _told(case: "Case", answer: str) -> str:
    if answer == case.mend:
        return f"**Right:** mended by {plain(case.mend)}."
    guessed = f"You guessed {plain(answer)}. " if answer else ""
    return f"{guessed}Mended by {plain(case.mend)}."
