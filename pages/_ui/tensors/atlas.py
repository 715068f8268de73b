"""The tensor atlas: every tensor of a forward pass along the way, as a table, and one at a time."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.begun import begun
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table
from pages._ui.tensors import followed, one

if TYPE_CHECKING:
    from lm_core.inspection.atlas import Made
    from pages._ui.tensors.batch import Batch
    from pages._ui.tensors.followed import Followed

WHICH, BLOWN, FACTOR = (f"tensors-{what}" for what in ("which", "blown", "factor"))
WAY, PARTS = "tensors-way", "tensors-parts"
BIND = "query-params"


def atlas(choice: models.Choice, batch: "Batch") -> None:
    """The screen's first view."""
    blown, factor = _damage(choice, batch)
    found = followed.follow(choice, batch, blown, factor)
    parts = st.toggle(
        "Every operation",
        key=PARTS,
        bind="query-params",
        help="Also the parts of longer lines, such as the products inside a sum.",
    )
    places = [n for n, made in enumerate(found.atlas.entries) if parts or made.step]
    _verdict(found)
    chosen = _choose(found, places)
    _way(found, places, chosen)
    _notice(found)
    one.one_tensor(found, places[chosen], batch)
    label = f"All {len(places)} tensors as a table"
    with st.expander(label, key="tensors-all", on_change="rerun") as expander:
        if expander.open:
            show_table(_table(found, places), key="tensors-table", height=420)


def _damage(choice: models.Choice, batch: "Batch") -> tuple[str, str]:
    """What of a private copy is made larger, and how much."""
    model = models.load(choice).model
    names = [name for name, _ in model.named_parameters()]
    options = [followed.NOTHING, followed.ALL, *names] if names else [followed.NOTHING]
    for key, known in ((BLOWN, options), (FACTOR, [*followed.FACTORS, followed.NAN])):
        if st.session_state.get(key, known[0]) not in known:
            del st.session_state[key]
    with st.expander("Make it break", key="tensors-breaking"):
        st.write(
            "On a copy of its own the weights can be made so large that float32, which ends near "
            "3.4 · 10³⁸, holds them no longer: infinity comes up, and then NaN, which is no number."
        )
        left, middle, right = st.columns([3, 2, 2], vertical_alignment="bottom")
        blown = left.selectbox("Make larger", options, key=BLOWN, bind=BIND)
        factor = middle.selectbox(
            "Times",
            [*followed.FACTORS, followed.NAN],
            key=FACTOR,
            bind=BIND,
            help="NaN puts one into each row of the weights.",
        )
        right.button(
            "Find what breaks it",
            key="tensors-break",
            disabled=not names,
            on_click=_break,
            args=(choice, batch),
        )
        if st.session_state.pop("tensors-unbroken", False):
            st.info("None of these factors on a single parameter breaks it.")
    return blown, factor


def _break(choice: models.Choice, batch: "Batch") -> None:
    found = followed.breaking(choice, batch)
    st.session_state["tensors-unbroken"] = found is None
    if found is not None:
        st.session_state[BLOWN], st.session_state[FACTOR] = found
        _open(followed.follow(choice, batch, *found).atlas.first_bad)


def _open(made: "Made") -> None:
    """Look at a tensor, which may be one of those that the switch leaves out."""
    st.session_state[WHICH] = made.name
    st.session_state[PARTS] = st.session_state.get(PARTS, False) or not made.step


def _verdict(found: "Followed") -> None:
    """Where the first number that is none arises."""
    bad = found.atlas.first_bad
    if bad is None:
        return
    place = found.atlas.entries.index(bad)
    facts = found.facts[place]
    after = sum(_bad(found, n) > 0 for n in range(len(found.facts)))
    said = f"The first tensor that is not all numbers is {bad.name}: "
    said += f"{facts.nan:,} NaN and {facts.above + facts.below:,} infinite of {facts.count:,}"
    if found.atlas.weights:
        name, many = found.atlas.weights[0]
        said += f"; {many:,} of the weights {name} were none before"
    said += f". {after:,} of {len(found.facts):,} tensors have such numbers."
    st.error(plain(said), icon=":material/error:")
    st.button("Open it", key="tensors-open", on_click=_open, args=(bad,))


def _bad(found: "Followed", place: int) -> int:
    """How many numbers of a tensor are none, where nobody meant that."""
    made, facts = found.atlas.entries[place], found.facts[place]
    return facts.bad - (facts.below if made.meant else 0)


def _choose(found: "Followed", places: list[int]) -> int:
    """Which of `places` is open: the one that is chosen, at first the first that is not all
    numbers, else the first."""
    names = [found.atlas.entries[n].name for n in places]
    if st.session_state.get(WHICH) not in (None, *names):
        del st.session_state[WHICH]
    bad = next((i for i, n in enumerate(places) if _bad(found, n)), 0)
    begin = begun(WHICH, index=bad)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Tensor", names, **begin, key=WHICH, bind=BIND, width=420)
        chosen = names.index(name)
        for label, by, icon in (("Back", -1, "back"), ("Next tensor", 1, "forward")):
            st.button(
                label,
                key=f"tensors-{icon}",
                type="primary" if by > 0 else "secondary",
                icon=f":material/arrow_{icon}:",
                on_click=st.session_state.__setitem__,
                args=(WHICH, names[(chosen + by) % len(names)]),
            )
    return chosen


def _way(found: "Followed", places: list[int], chosen: int) -> None:
    from lm_core.charts.tensors import Along, along_network

    entries = found.atlas.entries
    names = [entries[n].name for n in places]
    rows = [Along(entries[n].name, found.facts[n].std, _bad(found, n)) for n in places]
    chart = along_network(
        rows, title="Along the network", unit="standard deviation", selected=chosen
    )
    with st.container(border=True):
        show_chart(
            chart,
            key=WAY,
            on_select=lambda: _pointed(names),
            selection_mode="points",
        )
        st.caption("A point is a tensor; click one to open it. A red cross holds NaN or infinity.")


def _pointed(names: list[str]) -> None:
    points = st.session_state[WAY]["selection"]["points"]
    place = points[0].get("customdata") if points else None
    place = place[0] if isinstance(place, list) and place else place
    if isinstance(place, int) and 0 <= place < len(names):
        st.session_state[WHICH] = names[place]


def _notice(found: "Followed") -> None:
    """Which tensors hold most numbers, and which are spread least and most."""
    from lm_core.charts.words import human

    entries, facts = found.atlas.entries, found.facts
    steps = [n for n, made in enumerate(entries) if made.step]
    most = max(steps, key=lambda n: facts[n].count)
    total = sum(facts[n].count for n in steps)
    files = {entries[n].written.file for n in steps}
    st.markdown(
        f"**What to notice:** {len(steps)} tensors with {human(total)} numbers in all, made by "
        f"lines of {len(files)} files; the largest is {plain(entries[most].name)} "
        f"({plain(shape(entries[most]))}, {human(facts[most].count)} numbers)."
    )


def shape(made: "Made") -> str:
    """B × T × C, and in numbers where letters stand for some."""
    letters = " × ".join(made.letters)
    sizes = " × ".join(f"{size:,}" for size in made.shape)
    if not sizes:
        return "one number"
    return sizes if letters == sizes else f"{letters} = {sizes}"


def _table(found: "Followed", places: list[int]) -> Any:
    import pandas as pd

    rows = []
    for n in places:
        made, facts = found.atlas.entries[n], found.facts[n]
        rows.append(
            {
                "tensor": made.name,
                "shape": shape(made),
                "mean": _short(facts.mean),
                "std": _short(facts.std),
                "min": _short(facts.low),
                "max": _short(facts.high),
                "NaN": facts.nan,
                "infinite": facts.above + facts.below,
                "made by": f"{made.written.file}:{made.written.line}",
            }
        )
    return pd.DataFrame(rows)


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
