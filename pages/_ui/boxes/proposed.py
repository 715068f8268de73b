"""Proposals of regions, and the modules of R-CNN that look at them."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.pictures.proposals import Search

SCENE, SCALE, MERGES = "boxes-proposed", "boxes-scale", "boxes-merges"
BIND = "query-params"
LAST = 999  # scene
FEATURES, CLASSES, BOX, NUMBERS = 512, 512, 32, 4  # of the course's variant on VGG16
COURSE_CLASSES = 5


def show() -> None:
    """The part of the screen."""
    import numpy as np

    from lm_core.charts.panels import Panel, coloured, panels
    from lm_core.pictures.boxes import Box, iou
    from lm_core.pictures.proposals import search, segments
    from lm_core.pictures.scenes import draw_scene

    st.write(
        "Windows of every size at every place are too many. **Selective search** proposes some: "
        "pixels that are alike become regions, then the two neighbouring regions that are most "
        "alike become one, until one is left, and every region there was on the way gives a box. "
        "R-CNN looks at each of them with a network."
    )
    st.write(
        "How alike two are is the sum of four measures, each from 0 to 1: **colour** and "
        "**texture** compare histograms of values and of slopes in eight directions, **size** "
        "prefers the small, so that none swallows the rest, and **fill** those that fit into each "
        "other, so that the box around both has few other pixels."
    )
    left, middle, right = st.columns(3)
    number = int(left.number_input("Scene", 0, LAST, 3, key=SCENE, bind=BIND))
    scale = middle.slider("Scale of the segmentation", 0.1, 3.0, 0.5, 0.1, key=SCALE, bind=BIND)
    scene = draw_scene(number)
    found = search(scene.pixels, segments(scene.pixels, scale=scale, least=12))
    last = max(1, len(found.merged))
    many = min(right.number_input("Merges", 0, 200, 0, key=MERGES, bind=BIND), len(found.merged))
    now = found.after(int(many))
    numbers = np.unique(now)
    mask = np.searchsorted(numbers, now) + 1
    boxes = [found.boxes[k] for k in numbers.tolist()]
    proposed = found.different
    large = np.ones((4, 4))
    parts = [
        Panel(
            "the regions",
            np.kron(coloured(mask), large[..., None]).astype(np.uint8),
        ),
        Panel(
            "their boxes",
            np.kron(scene.pixels, large),
            boxes=[tuple(4 * edge for edge in box) for box in boxes],
        ),
        Panel(
            f"all {len(proposed)} proposals",
            np.kron(scene.pixels, large),
            boxes=[tuple(4 * edge for edge in box) for box in proposed],
        ),
    ]
    best = [max(iou(Box(*one.box), box) for box in proposed) for one in scene.things]
    alt = (
        f"{len(numbers)} regions after {many} of {last} merges; {len(proposed)} different boxes in "
        "all."
    )
    chart = panels(
        parts, title=f"Selective search in scene {number}", alt=alt, table=_rows(proposed)
    )
    show_chart(chart, key="boxes-proposals")
    _next(found, int(many))
    said = ", ".join(f"{value:.2f}" for value in best)
    st.markdown(
        f"**What to notice.** {len(proposed)} boxes are left to look at, where a window of one "
        f"size at every pixel would be {scene.pixels.size:,}. With the things in the scene the "
        f"best of them have an IoU of {said}. The paper's pictures give about 2,000."
    )
    _modules(len(proposed))
    from lm_core.pictures import proposals

    show_source(proposals, "The code: selective search")


def _next(found: "Search", many: int) -> None:
    """The four measures of the two regions that become one next."""
    import pandas as pd

    if many == len(found.merged):
        st.write("One region is left: nothing is merged any more.")
        return
    why = found.why(many)
    a, b = (found.known[k] for k in found.merged[many])
    st.write(f"The next two regions to become one have {a.size} and {b.size} pixels:")
    table = pd.DataFrame(
        {"measure": [*why, "sum"], "how alike": [*why.values(), sum(why.values())]}
    )
    show_table(table, key="boxes-alike", places=3)


def _rows(proposed: list):
    import pandas as pd

    return pd.DataFrame(
        [[float(edge) for edge in box] for box in proposed],
        columns=["left", "top", "right", "bottom"],
    )


def _modules(many: int) -> None:
    """What becomes of the proposals in R-CNN, and in the course's variant of it."""
    import pandas as pd

    st.header("The modules of R-CNN")
    classes = FEATURES * CLASSES + CLASSES + CLASSES * COURSE_CLASSES + COURSE_CLASSES
    box = FEATURES * BOX + BOX + BOX * NUMBERS + NUMBERS
    rows = [
        ("1. proposals", "selective search", f"{many} boxes here", "0"),
        (
            "2. features",
            "each box is warped to 227 × 227 and read by AlexNet; VGG16 in the course",
            f"{FEATURES} numbers for each box (the last filters of VGG16)",
            "of the network that was trained before",
        ),
        (
            "3. classes",
            "support vector machines; two linear layers in the course",
            f"{FEATURES} → {CLASSES} → {COURSE_CLASSES}",
            f"{classes:,}",
        ),
        (
            "3. boxes",
            "linear regression; two linear layers in the course",
            f"{FEATURES} → {BOX} → {NUMBERS}",
            f"{box:,}",
        ),
    ]
    table = pd.DataFrame(rows, columns=["module", "by what", "sizes", "parameters"])
    show_table(table, key="boxes-modules")
    st.caption(
        "Girshick and others 2014. The course (003, week 6) takes the width of the first filters "
        "of VGG16, 64, for that of the last, 512; and writes 227 × 277 once, where the paper has "
        "227 × 227. The box is learned by squared error; IoU is a metric and no loss."
    )
