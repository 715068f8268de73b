"""One head and one text after earlier steps of the training, where they were kept."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.inside import sides
from pages._ui.inside.look import Look
from pages._ui.shared import session
from pages._ui.shared.alone import alone
from pages._ui.shared.back_in_time import pick_step
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart

if TYPE_CHECKING:
    from lm_core.runs.store import RunStore

STEP, HEIGHT = "attention-step", 420
NONE = (
    "The weights of earlier steps are kept for runs that were trained here: this model has none. "
    "Train a Transformer on the Train screen, and come back with it."
)
SHARES = {
    "previous": "the token before",
    "itself": "itself",
    "first": "the first token",
    "after_repeat": "what came after a copy",
}


def room(look: Look) -> None:
    """A slider over the steps, the map of that step, and how the head came to be."""
    from lm_core.runs.snapshots import snapshot_steps

    run = run_of(look)
    steps = snapshot_steps(session.manager().store, run) if run else []
    if len(steps) < 2:
        st.info(NONE)
        st.page_link("pages/train.py", label="Go to Train →")
        return
    alone(_scrub)(look, run, steps)


def run_of(look: Look) -> str | None:
    """The visitor's run that this model is the end of; None of one that ships."""
    from lm_core.errors import LabError

    folder = look.choice.folder
    try:
        store = session.manager().store
        mine = {run.id for run in store.runs_of(session.visitor())}
    except LabError:
        return None
    run = folder.parent.name
    return run if run in mine and store.run_folder(run) == folder.parent else None


def _scrub(look: Look, run: str, steps: list[int]) -> None:
    from lm_core.charts.live_heads import live_head

    with session.mending():
        at = pick_step(steps, key=f"{STEP}-{run}")
        store, side = session.manager().store, look.side
        then = then_of(look, run, at, store)
        if then is None:
            st.info("This text was not read so at that step: choose another one.")
            return
        left, right = st.columns([3, 2], gap="medium")
        with left:
            chart = live_head(
                then.maps[look.layer, look.head],
                then.view.rows,
                look.layer,
                look.head,
                columns=then.view.columns if side.across else None,
                causal=then.view.causal,
                dark=st.context.theme.type == "dark",
                height=HEIGHT,
            )
            show_chart(chart, key="attention-then", alt="Who looks at whom: see below.")
            st.caption(f"After step {at:,}. {plain(chart.alt)}")
        with right:
            _course(look, run, steps, at, store)


def then_of(look: Look, run: str, step: int, store: "RunStore") -> sides.Side | None:
    """What is shown, after that step; None where the text was not read so."""
    from lm_core.runs.snapshots import FOLDER

    file = store.run_folder(run) / FOLDER / f"step-{step:09}.safetensors"
    changed = file.stat().st_mtime if file.exists() else 0.0  # a run begun anew has others
    return _then(run, step, changed, look.text, look.target, look.side.name, store, look)


@st.cache_resource(max_entries=64, show_spinner=False)
def _then(
    run: str,
    step: int,
    changed: float,
    text: str,
    target: str,
    name: str,
    _store: "RunStore",
    _look: Look,
) -> sides.Side | None:
    """The side of this name, as the model saw it after that step."""
    from lm_core.runs.snapshots import snapshot_checkpoint

    saved = snapshot_checkpoint(_store, run, step)
    if _look.choice.of_pairs and not target:  # what it writes now, at every step alike
        target = _look.tokenizer.decode(_look.ids[1:].tolist())
    reading = (
        sides.read_pair(saved, text, target) if _look.choice.of_pairs else sides.read(saved, text)
    )
    return None if reading is None else reading.sides.get(name)


def _course(look: Look, run: str, steps: list[int], at: int, store: "RunStore") -> None:
    """What the head gave to whom, step by step."""
    from lm_core.charts.head_course import head_course

    every = [then_of(look, run, step, store) for step in steps]
    read = [_figures(side, look) for side in every]
    if not all(read):
        return
    names = [name for name in SHARES if all(one[name] == one[name] for one in read)]
    shares = {SHARES[name]: [one[name] for one in read] for name in names}
    title = f"What layer {look.layer + 1}, head {look.head + 1} gave"
    chart = head_course(steps, shares, at=at, title=title)
    show_chart(chart, key="attention-course")
    st.caption(plain(chart.alt))


def _figures(side: sides.Side | None, look: Look) -> dict[str, Any]:
    found = [] if side is None else side.heads
    mine = (one for one in found if (one.layer, one.head) == (look.layer, look.head))
    one = next(mine, None)
    return {} if one is None else {name: getattr(one, name) for name in SHARES}
