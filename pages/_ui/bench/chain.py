"""A chain of steps on a picture: choose them, look at one, see its numbers."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.errors import LabError
from pages._ui.bench import numbers, pictures, placed
from pages._ui.shared.plain import plain
from pages._ui.shared.settings import settings_widgets
from pages._ui.shared.show import show_source

if TYPE_CHECKING:
    from lm_core.pictures.contract import Looked

DONE = "bench-done"  # in the session: what was computed of which picture, by the chain so far
NEW = "bench-new"
KEPT = 40_000_000  # bytes of pictures of a visitor; beyond them a chain is computed anew


def show() -> None:
    """The part of the screen."""
    from lm_core.pictures.extra import COMMAND, there

    if not there():
        st.info(
            f"The photographs and some steps need scikit-image: `{COMMAND}` brings it. What is "
            "written here itself works without."
        )
    source = pictures.choose()
    steps = placed.chain()
    _row(len(steps), [one.step.title for one in steps])
    at = placed.at()
    if at:
        _settings(at)
    placed.keep()
    looked, wrong = _computed(source)
    if wrong is not None and at > len(looked) - 1:
        st.error(plain(wrong))
        st.caption("What comes before is shown: change this step, or take it out.")
        at = len(looked) - 1
    numbers.show(looked, steps, at)
    if at:
        from lm_core.pictures.contract import steps as registry

        show_source(registry[steps[at - 1].step.name].build, "The code of this step")


def _row(many: int, titles: list[str]) -> None:
    """The chain as a row of buttons, and what can be added."""
    from lm_core.pictures.chain import MOST
    from lm_core.pictures.contract import steps as registry

    names = {k: f"{k} {title}" for k, title in enumerate(["The picture", *titles])}
    key = f"bench-row-{'|'.join(titles)}-{placed.at()}"
    st.segmented_control(
        "Which step is looked at",
        list(names),
        default=placed.at(),
        format_func=names.__getitem__,
        required=True,
        key=key,
        on_change=lambda: placed.look(st.session_state[key]),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Another step",
            registry.names(),
            format_func=lambda name: registry[name].title,
            key=NEW,
            width=260,
        )
        st.button(
            "Add it after this one",
            on_click=placed.add,
            args=(name,),
            disabled=many >= MOST,
            type="primary",
            key="bench-add",
        )
        at = placed.at()
        if at:
            st.button(
                "Take this one out", on_click=placed.take_out, args=(at - 1,), key="bench-out"
            )
        if at > 1:
            st.button(
                "Move it forward", on_click=placed.earlier, args=(at - 1,), key="bench-earlier"
            )
    st.caption(plain(registry[name].idea))


def _settings(at: int) -> None:
    from lm_core.pictures.chain import Step
    from lm_core.pictures.contract import steps as registry

    one = st.session_state[placed.STEPS][at - 1]
    entry = registry[one.step.name]
    with st.container(border=True):
        paper = f" ({plain(entry.paper)})" if entry.paper else ""
        st.markdown(f"**{plain(entry.title)}.** {plain(entry.idea)}{paper}")
        painted = getattr(one.step.settings, "kind", "") == "painted cells"
        fields = [name for name in one.step.settings.to_dict() if name != "painted"]
        key = f"bench-setting-{one.number}"
        chosen = settings_widgets(one.step.settings, key=key, only=fields, commanded=False)
        placed.change(at - 1, Step(one.step.name, chosen))
        if painted:
            _paint(at, one.number)


def _paint(at: int, number: int) -> None:
    """The cells that are lost, painted over the picture before."""
    from dataclasses import replace

    import numpy as np

    from lm_core.pictures.chain import Step
    from lm_core.pictures.damage import cells_of, painted_of
    from pages._ui.shared.painting import painting

    step = st.session_state[placed.STEPS][at - 1].step

    def keep(painted: str) -> None:
        lost = np.array([sign == "1" for sign in painted])
        settings = replace(step.settings, painted=painted_of(lost))
        placed.change(at - 1, Step(step.name, settings))

    known = st.session_state.get(DONE, {}).get("looked", [])
    lost = cells_of(step.settings.painted)
    painting(
        "".join("01"[one] for one in lost.ravel().astype(int)),
        lost.shape[1],
        kind="marks",
        key=f"bench-paint-{number}",
        label="The cells of the picture that are lost",
        hint="Press and drag to paint; with the keyboard: arrows and the space bar.",
        version=number,
        on_paint=keep,
        background=pictures.address_of(known[at - 1]) if at - 1 < len(known) else "",
        cell=26,
    )


def _computed(source: "pictures.Source") -> "tuple[list[Looked], LabError | None]":
    """The picture and what each step makes of it, up to one that cannot; what is known already is
    not computed again."""
    from lm_core.pictures.chain import written
    from lm_core.pictures.contract import begin

    kept = st.session_state.get(DONE)
    if kept is None or kept["source"] != source.name:
        kept = {"source": source.name, "texts": [], "looked": [begin(source.pixels)]}
    steps = [one.step for one in st.session_state[placed.STEPS]]
    texts = [written([step]) for step in steps]
    same = next(
        (k for k, (a, b) in enumerate(zip(texts, kept["texts"], strict=False)) if a != b),
        min(len(texts), len(kept["texts"])),
    )
    looked, wrong = kept["looked"][: same + 1], None
    place = st.empty()
    for step in steps[len(looked) - 1 :]:
        try:
            with place, st.spinner(f"{step.title} …"):
                looked = [*looked, step.done(looked[-1])]
        except LabError as error:
            wrong = error
            break
    place.empty()
    few = looked if _bytes(looked) <= KEPT else looked[:1]
    done = texts[: len(few) - 1]
    st.session_state[DONE] = {"source": source.name, "texts": done, "looked": few}
    return looked, wrong


def _bytes(looked: "list[Looked]") -> int:
    """What the pictures of a chain take."""
    return sum(one.pixels.nbytes for one in looked)
