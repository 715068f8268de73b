"""Semantic, instance and panoptic masks of one scene, laid over each other step by step."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.masks.scene import pick
from pages._ui.masks.training import probabilities, trained
from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source

if TYPE_CHECKING:
    import numpy as np

    from lm_core.charts.chart import Chart
    from lm_core.pictures.panoptic import Instance
    from lm_core.pictures.scenes import Scene

FROM, SURE, PIXEL, STEP = (f"masks-{what}" for what in ("from", "sure", "pixel", "step"))
BIND = "query-params"
RULE = "The rule that drew it"


def look() -> None:
    """Where the masks come from, how sure they have to be, and how many things are laid on."""
    from lm_core.charts.words import count
    from lm_core.pictures import panoptic
    from lm_core.pictures.scenes import CLASSES

    st.write(
        "A **semantic** mask has one colour for all discs. An **instance** mask tells one disc "
        "from another and has no background. A **panoptic** mask has both: a class for every "
        "pixel, and a number for every thing. It is made of the other two: begin with the "
        "likeliest class of each pixel, then lay each thing over it where its soft mask is above "
        "a threshold."
    )
    found = trained()
    labels = models.labels(found)
    line = st.columns([3, 2, 3, 3], vertical_alignment="bottom")
    source = line[0].selectbox(
        "Masks from",
        [RULE, *labels],
        key=FROM,
        bind="query-params",
        format_func=plain,
        help="Your trained networks too.",
    )
    with line[1]:
        one = pick()
    sure = line[2].slider("Score of a thing, at least", 0.0, 1.0, 0.5, 0.01, key=SURE, bind=BIND)
    pixel = line[3].slider(
        "Soft mask of a pixel, above", 0.0, 0.95, 0.5, 0.05, key=PIXEL, bind=BIND
    )
    if source == RULE:
        semantic = panoptic.true_probabilities(one).argmax(0)
        things = panoptic.true_instances(one)
    else:
        p = probabilities(found[labels.index(source)], one.pixels)
        semantic, things = p.argmax(0), panoptic.instances_of(p)
    kept = [thing for thing in things if thing.score >= sure]
    steps = panoptic.overlaid(
        semantic, [thing.soft for thing in kept], first=len(CLASSES), threshold=pixel
    )
    last = len(kept)
    laid = last
    if last:
        laid = st.slider("Things laid on", 0, last, last, key=f"{STEP}-{last}")
    show_chart(_three(one, semantic, kept, steps[laid], laid, pixel), key="masks-overlay")
    if kept:
        show_chart(_soft(one, kept), key="masks-soft")
    gone = len(things) - last
    st.markdown(
        f"**What to notice:** {count(last, 'thing')} of {len(things)} "
        + ("is" if last == 1 else "are")
        + f" sure enough. Classes have the numbers 0 to {len(CLASSES) - 1}, so things begin at "
        f"{len(CLASSES)}: with the three classes of the course they begin at 3. "
        + (f"With a lower score {count(gone, 'more thing')} would be laid on. " if gone else "")
        + "Where two things overlap the later one lies on top."
    )
    with st.expander("Where the things come from"):
        st.markdown(
            "Mask R-CNN finds things by itself: it proposes boxes, says the class of each, moves "
            "its edges, and draws a soft mask in it; it learns all three at once. Here the rule "
            "that drew the scene gives a soft mask for each thing (its pixels, each the mean of "
            "the nine around it), or a network of yours gives the likeliest classes, and every "
            "connected region of a class is one thing. Two discs that touch are then one: that is "
            "what the boxes of Mask R-CNN are for."
        )
        st.latex(r"L = L_{\text{cls}} + L_{\text{box}} + L_{\text{mask}}")
    show_source(panoptic, "The code: things told apart")


def _three(
    one: "Scene",
    semantic: "np.ndarray",
    kept: "list[Instance]",
    laid_on: "np.ndarray",
    laid: int,
    pixel: float,
) -> "Chart":
    import numpy as np
    import pandas as pd

    from lm_core.charts.panels import Panel, coloured, laid_over, panels
    from lm_core.charts.words import count
    from lm_core.pictures.panoptic import instance_mask
    from lm_core.pictures.scenes import CLASSES

    K, names = len(CLASSES), np.array(CLASSES)
    every = instance_mask(semantic.shape, [thing.soft for thing in kept], threshold=pixel)
    marks = [_mark(thing, str(number)) for number, thing in enumerate(kept, start=1)]
    on_top = [_mark(thing, str(K + n)) for n, thing in enumerate(kept[:laid])]
    numbers, counts = np.unique(laid_on, return_counts=True)
    table = pd.DataFrame(
        {
            "number": numbers,
            "what": [
                CLASSES[n] if n < K else f"thing {n - K + 1}: {CLASSES[kept[n - K].label]}"
                for n in numbers
            ],
            "pixels": counts,
        }
    )
    there = ", ".join(f"{n}" for n in numbers)
    alt = f"The panoptic mask after {count(laid, 'thing')}: its numbers are {there}."
    said = np.array([*CLASSES, *(f"thing {n + 1}" for n in range(len(kept)))])
    return panels(
        [
            Panel("picture", one.pixels),
            Panel("semantic", coloured(semantic), names[semantic]),
            Panel("instances", laid_over(one.pixels, every), marks=marks, boxes=_boxes(kept)),
            Panel("panoptic", coloured(laid_on), said[laid_on], marks=on_top),
        ],
        title="The same scene in three kinds of masks",
        alt=alt,
        table=table,
        legend=CLASSES,
    )


def _soft(one: "Scene", kept: "list[Instance]") -> "Chart":
    """The soft masks, the surest first."""
    import pandas as pd

    from lm_core.charts.panels import Panel, panels
    from lm_core.charts.words import percent
    from lm_core.pictures.scenes import CLASSES

    shown = kept[:3]
    table = pd.DataFrame(
        {
            "thing": range(1, len(kept) + 1),
            "class": [CLASSES[thing.label] for thing in kept],
            "score": [thing.score for thing in kept],
            **{
                side: [getattr(thing.box, at) for thing in kept]
                for side, at in (("left", "x1"), ("top", "y1"), ("right", "x2"), ("bottom", "y2"))
            },
        }
    )
    each = ", ".join(f"{CLASSES[thing.label]} {percent(thing.score)}" for thing in kept)
    return panels(
        [
            Panel(f"{n}: {CLASSES[thing.label]}, {percent(thing.score)}", thing.soft)
            for n, thing in enumerate(shown, start=1)
        ],
        title="Soft masks: white is certain",
        alt=f"Things with their scores: {each}.",
        table=table,
    )


def _boxes(kept: "list[Instance]") -> list[tuple[float, float, float, float]]:
    return [tuple(thing.box) for thing in kept]


def _mark(thing: "Instance", text: str) -> tuple[float, float, str]:
    box = thing.box
    return (box.x1 + box.x2 - 1) / 2, (box.y1 + box.y2 - 1) / 2, text
