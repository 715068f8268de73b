"""The numbers of the small head: drawn from a seed, changed by hand, kept from step to step."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.errors import BadText

if TYPE_CHECKING:
    from torch import Tensor

    from lm_core.inspection.one_head import HeadWeights

WORDS, WIDTH, SEED = (f"averaging-{what}" for what in ("words", "width", "seed"))
KEPT, AGAIN = "averaging-kept", "averaging-again"
FIRST = "the cat saw the dog"  # one word comes twice
FEWEST, MOST, LETTERS = 2, 6, 12  # words, and letters of one
X, Q, K, V, OUT = "x", "W_q", "W_k", "W_v", "W_o"
TITLES = {
    X: "x, the tokens",
    Q: "W_q, queries",
    K: "W_k, keys",
    V: "W_v, values",
    OUT: "W_o, back",
}
CELL, NAMES, ROW = 49, 64, 29  # pixels: of a number, of the words before a row, of its height


@dataclass(frozen=True, eq=False)
class Tiny:
    """A sentence of few words, and one head."""

    words: list[str]  # no two alike
    x: "Tensor"  # (T, C) float64
    weights: "HeadWeights"


def controls() -> None:
    """What the numbers are drawn from."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "The words",
            FIRST,
            max_chars=80,
            key=WORDS,
            bind="query-params",
            width=300,
            help=f"{FEWEST} to {MOST} of them. One that comes twice begins with the same numbers.",
        )
        st.selectbox(
            "Numbers of each",
            ["2", "3", "4"],
            1,
            key=WIDTH,
            bind="query-params",
            width=150,
            help="C of a token and D of the head: here they are the same.",
        )
        st.number_input("Seed", 0, 2**31 - 1, 0, key=SEED, bind="query-params", width=130)
        st.button("Start again", on_click=_start_again, key="averaging-reset")


def stay() -> None:
    """On a step without these controls: what was chosen is not forgotten."""
    for key in (WORDS, WIDTH, SEED):
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def tiny(step: int, *names: str) -> Tiny:
    """The controls, an editor for each of `names`, and what the head is now.

    Raises:
        BadText: the words are too few, too many or too long.
        BadSettings: a cell holds no number that can be used.
    """
    from lm_core.charts.words import unique_labels
    from lm_core.inspection.one_head import HeadWeights, read_matrix

    words = _words()
    labels, kept = unique_labels(words), _kept(words, step)
    st.caption(
        "Every number can be changed: choose a cell, type, Enter. All that is made of it follows."
    )
    with st.container(horizontal=True, gap="small"):
        for name in names:
            kept["now"][name] = _editor(name, kept, labels)
    read = {name: read_matrix(rows, name) for name, rows in kept["now"].items()}
    return Tiny(labels, read[X], HeadWeights(read[Q], read[K], read[V], read[OUT]))


def _editor(name: str, kept: dict, labels: list[str]) -> list[list[float]]:
    import pandas as pd

    rows, tokens = kept["base"][name], name == X
    columns = [str(j + 1) for j in range(len(rows[0]))]
    names = labels if tokens else [str(i + 1) for i in range(len(rows))]
    table = pd.DataFrame(rows, index=pd.Index(names, name=" "), columns=columns, dtype=float)
    cells = {c: st.column_config.NumberColumn(width=CELL, required=False) for c in columns}
    width = CELL * len(columns) + (NAMES if tokens else 0) + 4
    with st.container(width=max(width, 136), gap="xsmall"):
        st.markdown(f"**{TITLES[name].partition(',')[0]}**{TITLES[name][len(name) :]}")
        changed: pd.DataFrame = st.data_editor(
            table,
            width=width,
            hide_index=not tokens,
            row_height=ROW,
            column_config={" ": st.column_config.TextColumn(width=NAMES)} | cells,
            key=f"averaging-{name}-{kept['version']}",
            alt=f"{TITLES[name]}. Each number can be changed.",
        )
    return changed.to_numpy().tolist()


def _words() -> list[str]:
    words = st.session_state.get(WORDS, FIRST).split()
    if not FEWEST <= len(words) <= MOST:
        raise BadText(
            f"These are {len(words)} words: give {FEWEST} to {MOST}, with blanks between."
        )
    if any(len(word) > LETTERS for word in words):
        raise BadText(f"A word has more than {LETTERS} letters: give a shorter one.")
    return words


def _kept(words: list[str], step: int) -> dict:
    """What was changed so far of the numbers that these words, this size and this seed give. An
    editor goes on from `base` and its own changes; on another step it begins anew, with `now`."""
    from lm_core.inspection.one_head import some_weights, some_words

    size, seed = int(st.session_state.get(WIDTH) or 3), int(st.session_state.get(SEED, 0))
    of = (tuple(words), size, seed, st.session_state.get(AGAIN, 0))
    kept = st.session_state.get(KEPT)
    if kept is None or kept["of"] != of:
        drawn = some_weights(size, size, seed)
        tables = {X: some_words(words, size, seed), Q: drawn.q, K: drawn.k, V: drawn.v}
        base = {name: table.tolist() for name, table in (tables | {OUT: drawn.out}).items()}
        version = 0 if kept is None else kept["version"] + 1
        kept = {"of": of, "base": base, "now": dict(base), "step": step, "version": version}
    elif kept["step"] != step:
        kept = kept | {"base": dict(kept["now"]), "step": step, "version": kept["version"] + 1}
    st.session_state[KEPT] = kept
    return kept


def _start_again() -> None:
    st.session_state[AGAIN] = st.session_state.get(AGAIN, 0) + 1
