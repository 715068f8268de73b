"""What a step did: the pictures before and after, one pixel's arithmetic, the levels, the marks."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.bench import pictures
from pages._ui.shared.begun import begun
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.pictures.contract import Looked
    from pages._ui.bench.placed import Placed

ROW, COLUMN = "bench-row", "bench-column"
SIDE = 7  # pixels of a crop, along and down
BIND = "query-params"
DENOISERS = ("gaussian", "tv", "bilateral", "wavelet", "non-local")


def show(looked: "list[Looked]", steps: "list[Placed]", at: int) -> None:
    """Of the step at `at`, 0 being the picture itself."""
    after = looked[at]
    before = looked[at - 1] if at else after
    title = steps[at - 1].step.title if at else "The picture"
    place = _usual(after)
    row, column = (
        int(st.session_state.get(key, usual))
        for key, usual in zip((ROW, COLUMN), place, strict=True)
    )
    if at:
        there = steps[at - 1].step.source(before, after, row, column)
        one, other = st.columns(2)
        with one:
            pictures.draw(before, "Before the step", _framed(before, *there))
        with other:
            pictures.draw(after, f"After the step: {title}", _framed(after, row, column))
    else:
        pictures.draw(after, title, _framed(after, row, column))
    if after.facts:
        with st.container(horizontal=True, gap="medium"):
            for what, value in after.facts:
                st.metric(what, value, width="content")
    st.header("The arithmetic of one pixel")
    st.caption("Framed in the pictures are the pixels whose numbers are shown.")
    row, column = _place(after, place)
    if at:
        step = steps[at - 1].step
        for line in step.explained(before, after, row, column):
            st.markdown(line)
        from_row, from_column = step.source(before, after, row, column)
        one, other = st.columns(2)
        with one:
            _crop(before, from_row, from_column, "Before the step", "before")
        with other:
            _crop(after, row, column, "After the step", "after")
    else:
        _crop(after, row, column, "Around one pixel", "after")
    threshold = getattr(steps[at - 1].step.settings, "at", None) if at else None
    _levels(before, after, threshold)
    _marks(after)
    if at and before.clean is not None and steps[at - 1].step.name in DENOISERS:
        compared(before)
    _notice(at, steps)


def _usual(looked: "Looked") -> tuple[int, int]:
    """Row and column of a pixel with something to see: in a face, or where it is steepest."""
    import numpy as np

    from lm_core.pictures.contract import gray
    from lm_core.pictures.filters import sobel

    if looked.faces:
        box = looked.faces[0]
        return box.row + box.height // 2, box.column + box.width // 2
    H, W = looked.pixels.shape[:2]
    steep = sobel(gray(looked.pixels))[H // 4 : -(H // 4) or None, W // 4 : -(W // 4) or None]
    row, column = np.unravel_index(int(steep.argmax()), steep.shape)
    return int(row) + H // 4, int(column) + W // 4


def _framed(looked: "Looked", row: int, column: int) -> tuple[int, int, int, int]:
    """The crop around a pixel: its first row and column, and how many of each."""
    H, W = looked.pixels.shape[:2]
    return _from(row, H), _from(column, W), min(SIDE, H), min(SIDE, W)


def _place(looked: "Looked", usual: tuple[int, int]) -> tuple[int, int]:
    """Row and column of the pixel, from 0."""
    found = []
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for key, label, size, value in zip(
            (ROW, COLUMN), ("Row", "Column"), looked.pixels.shape[:2], usual, strict=True
        ):
            if not 0 <= st.session_state.get(key, 0) < size:
                del st.session_state[key]
            begin = begun(key, value=value)
            found.append(
                int(
                    st.number_input(
                        label, 0, size - 1, **begin, step=1, key=key, bind=BIND, width=150
                    )
                )
            )
    return found[0], found[1]


def _crop(looked: "Looked", row: int, column: int, title: str, key: str) -> None:
    from lm_core.charts.pixels import crop

    H, W = looked.pixels.shape[:2]
    top, left = _from(row, H), _from(column, W)
    part = looked.pixels[top : top + SIDE, left : left + SIDE] * 255
    chart = crop(part, row=row, column=column, top=top, left=left, title=title)
    show_chart(chart, key=f"bench-crop-{key}")


def _from(place: int, size: int) -> int:
    return max(0, min(place - SIDE // 2, size - SIDE))


def _levels(before: "Looked", after: "Looked", threshold: int | None) -> None:
    from lm_core.charts.pixels import level_histogram
    from lm_core.pictures.contract import gray
    from lm_core.pictures.histograms import histogram

    facts = dict(after.facts)
    found = facts.get("Threshold found", threshold)
    counts = [histogram(gray(one.pixels).clip(0, 1)).tolist() for one in (before, after)]
    chart = level_histogram(*counts, marked=None if found is None else float(found))
    show_chart(chart, key="bench-levels")


def _marks(after: "Looked") -> None:
    table = _table(after)
    if table is None:
        return
    with st.popover("What was found, as a table", type="tertiary"):
        show_table(table.head(500), whole=table, key="bench-marks", height=240)


def _table(after: "Looked") -> "pd.DataFrame | None":
    import pandas as pd

    if after.points is not None:
        return pd.DataFrame(after.points, columns=["row", "column"])
    if after.boxes:
        rows = [(one.row, one.column, one.height, one.width) for one in after.boxes]
        return pd.DataFrame(rows, columns=["row", "column", "height", "width"])
    if after.lines:
        rows = [
            (len(line), bool((line[0] == line[-1]).all()), *line.min(0), *line.max(0))
            for line in after.lines
        ]
        names = ["points", "closed", "first row", "first column", "last row", "last column"]
        return pd.DataFrame(rows, columns=names)
    return None


def compared(noisy: "Looked") -> None:
    """All five denoisers on the noisy picture, as they usually are, when asked for."""
    import pandas as pd

    from lm_core.pictures.chain import read_chain
    from lm_core.pictures.contract import apart

    if not st.button("Compare all five denoisers", key="bench-compare"):
        return
    rows, place = [], st.empty()
    for number, name in enumerate(DENOISERS):
        place.progress(number / len(DENOISERS), text=f"{number} of {len(DENOISERS)} denoisers")
        (step,) = read_chain(name)
        after = step.done(noisy)
        rows.append((step.title, apart(after.pixels, noisy.clean)))
    place.empty()
    rows.append(("Nothing done", apart(noisy.pixels, noisy.clean)))
    names = ["denoiser", "difference from the clean picture, in levels"]
    table = pd.DataFrame(rows, columns=names).sort_values(names[1])
    show_table(table, key="bench-denoisers", places=2)
    st.caption("Each with its usual settings: the root of the mean squared difference.")


# What to notice, of each step.
NOTICED = {
    "gray": "Green counts most and blue least, as for the eye. Three numbers became one: which "
    "colour it was cannot be computed back.",
    "rescale": "Without anti-aliasing every pixel that is left out is lost, and fine stripes turn "
    "into coarse ones that were never there. Switch it on and off and look at bricks or cloth.",
    "threshold": "One limit for the whole picture. It is good where the histogram has two heaps, "
    "and fails where the light is uneven.",
    "otsu": "The limit lies in the valley between two heaps, where there are two.",
    "local": "Where the light is uneven one limit is wrong somewhere; a limit for each place is "
    "not. The block should be larger than what is looked for, and odd.",
    "sobel": "A plain ground gives 0, however light it is: only differences count. The edge of a "
    "coin is a band some pixels wide; Canny makes a line of it.",
    "canny": "Canny does what Sobel does and more, so it is never the faster of the two. A larger "
    "sigma leaves fewer edges.",
    "clahe": "Each part of the picture gets the contrast that it can bear. What looks like more "
    "detail may be noise that was there before.",
    "equalize": "The histogram becomes as flat as it can. That often looks unnatural, as large "
    "plain areas take most of the levels.",
    "stretch": "The order of all pixels stays, and so does the shape of the histogram: it only "
    "becomes wider.",
    "inpaint": "Nobody knows what was there: the fill is smooth because the method is. Across "
    "texture it is seen.",
    "gaussian": "Noise and edges go alike. Compare the number above with that of the other four.",
    "tv": "Plain areas with sharp borders, like a cartoon: edges stay, fine texture goes.",
    "bilateral": "Across an edge pixels are too different to count, so that edges stay.",
    "faces": "It knows faces from the front and in good light, and it errs: faces that are turned, "
    "dark or partly hidden are missed, and some things are taken for faces.",
    "blur-faces": "A weak blur can be undone in part, and a face is known by its surroundings too. "
    "Whoever was not found is not hidden.",
    "corners": "Along an edge the picture is steep in one direction only, and R is below zero; on "
    "a plain ground it is about zero. A larger distance leaves fewer corners.",
    "contours": "Each line goes between pixels, along one level. Count the closed ones that are "
    "long: the others are noise.",
    "superpixels": "A label for each pixel, and far fewer pieces than pixels: what comes next has "
    "less to do. With a high compactness they become squares.",
}


def _notice(at: int, steps: "list[Placed]") -> None:
    said = NOTICED.get(steps[at - 1].step.name) if at else None
    if said:
        st.markdown(f"**What to notice.** {said}")
