"""Which tokens are near one, and arithmetic with vectors: a - b + c."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from lm_core.visible import visible
from pages._ui.layers import reading
from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.inspection.analogies import Trial
    from lm_core.inspection.embeddings import TokenTable

NEAR, ANSWERS = 10, 5
A, B, C = (f"layers-{letter}" for letter in "abc")


def neighbours(choice: models.Choice, table: "TokenTable") -> None:
    """Of one token the nearest by angle and by distance; then an analogy."""
    from lm_core.inspection import analogies, embeddings

    st.write(
        "Tokens that are read and followed by like things get like vectors: that is all a model "
        "has to know them by. How like two vectors are is measured by the cosine of the angle "
        "between them (1: the same direction, 0: nothing in common), or by their distance."
    )
    st.latex(
        r"\cos(a, b) = \frac{a \cdot b}{\lVert a \rVert\, \lVert b \rVert}, \qquad "
        r"d(a, b) = \lVert a - b \rVert"
    )
    token = reading.pick_token(table, "Token")
    columns = st.columns(2)
    titles = {"cosine": "By cosine, more is nearer", "euclid": "By distance, less is nearer"}
    found = {}
    for place, (measure, title) in zip(columns, titles.items(), strict=True):
        found[measure] = embeddings.neighbours(table.vectors, token, NEAR, measure)
        with place:
            st.markdown(f"**{title}**")
            show_table(
                _table(table, found[measure], measure),
                key=f"layers-near-{measure}",
                height="content",
                places=3,
            )
    _notice(table, token, found)
    _analogy(choice, table)
    show_source(embeddings.neighbours, "The code: neighbours")
    show_source(analogies.analogy, "The code: an analogy")
    show_source(analogies.trial, "The code: how often analogies are right")


def _table(table: "TokenTable", found: list[tuple[int, float]], called: str) -> Any:
    import pandas as pd

    from lm_core.inspection.embeddings import KINDS

    rows = [
        {
            "token": visible(table.labels[i]),
            "distance" if called == "euclid" else called: value,
            "kind": KINDS[table.kinds[i]],
        }
        for i, value in found
    ]
    return pd.DataFrame(rows)


def _notice(table: "TokenTable", token: int, found: dict[str, list[tuple[int, float]]]) -> None:
    from lm_core.charts.words import count

    by = {measure: [i for i, _ in near] for measure, near in found.items()}
    both = len(set(by["cosine"]) & set(by["euclid"]))
    kind = table.kinds[token]
    alike = sum(table.kinds[i] == kind for i in by["cosine"])
    base = sum(one == kind for one in table.kinds) - 1
    N = len(table.kinds) - 1
    best, value = found["cosine"][0]
    st.markdown(
        f"**What to notice:** nearest to **{plain(visible(table.labels[token]))}** is "
        f"**{plain(visible(table.labels[best]))}** (cosine {value:.2f}). Both measures agree on "
        f"{both} of {len(by['cosine'])}; {count(alike, 'neighbour')} of these "
        f"{'is' if alike == 1 else 'are'} of its own kind, where blind choice would find "
        f"{len(by['cosine']) * base / max(1, N):.1f}."
    )


def _analogy(choice: models.Choice, table: "TokenTable") -> None:
    from lm_core.inspection.analogies import analogy

    st.header("a is to b as what is to c?")
    st.write(
        "If the step from b to a means the same everywhere, c takes the same step to the answer: "
        "the tokens nearest to a − b + c, without the three themselves."
    )
    names = reading.labels_of(table)
    begin = _begin(table)
    line = st.columns(3)
    given = []
    for place, key, letter, first in zip(line, (A, B, C), "abc", begin, strict=True):
        with place:
            given.append(reading.pick_token(table, letter, key, first))
    found = analogy(table.vectors, *given, k=ANSWERS)
    said = [f"**{plain(visible(table.labels[i]))}** ({value:.2f})" for i, value in found]
    a, b, c = (plain(names[i]) for i in given)
    st.markdown(f"**{a}** − **{b}** + **{c}** ≈ {', '.join(said)}")
    trials = _trials(str(choice.folder), models.stamp(choice), table.name, table)
    if not trials:
        st.warning(
            "Do not trust such answers: among so few tokens there is always a nearest one. This "
            "vocabulary has no pairs whose answer is known, as A and a are, so how often they are "
            "right cannot be counted here."
        )
        return
    best = max(trials, key=lambda one: one.right)
    st.warning(
        f"Do not trust such answers: at best {_percent(best.right)} of those below are right. Over "
        "pairs of this vocabulary whose answer is known, beside what the nearest to c is without "
        "a and b. Analogies became known from vectors that learned billions of words."
    )
    show_table(_trial_table(trials), key="layers-trials", height="content")
    useful = [one for one in trials if one.right > one.alone]
    st.markdown(
        "**What to notice:** "
        + (
            "the arithmetic does better than the nearest to c alone in "
            f"{len(useful)} of {len(trials)}. "
            if useful
            else "the nearest to c alone is right as often or more: the step from b to a adds "
            "nothing here. "
        )
        + "Where the three given may be the answer, it most often is one of them."
    )


def _percent(share: float) -> str:
    from lm_core.charts.words import percent

    return percent(share)


def _begin(table: "TokenTable") -> tuple[int, int, int]:
    """Two known pairs to begin with, of the first family that has them; else the first tokens."""
    from lm_core.inspection.analogies import known_pairs

    for pairs in known_pairs(table.texts[: reading.OFFERED]).values():
        if len(pairs) > 1:
            (a, b), (_, c) = pairs[0], pairs[1]
            return a, b, c
    N = len(reading.labels_of(table))
    return min(1, N - 1), min(2, N - 1), min(3, N - 1)


@st.cache_data(max_entries=16, show_spinner=False)
def _trials(folder: str, stamp: float, name: str, _table: "TokenTable") -> "list[Trial]":
    from lm_core.inspection.analogies import known_pairs, trial

    known = known_pairs(_table.texts)
    found = [trial(_table.vectors, pairs, family) for family, pairs in known.items()]
    return [one for one in found if one is not None]


def _trial_table(trials: "list[Trial]") -> Any:
    import pandas as pd

    from lm_core.inspection.analogies import FAMILIES

    rows = [
        {
            "pairs": FAMILIES[one.family],
            "asked": one.asked,
            "right": _percent(one.right),
            "nearest to c alone": _percent(one.alone),
            "with a, b, c as answers": _percent(one.with_given),
            "by chance": _percent(one.chance),
        }
        for one in trials
    ]
    return pd.DataFrame(rows)
