"""A published detector on a photograph: kept once by the command line, never fetched by a page."""

import streamlit as st

from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

OWN = "boxes-photograph"
PHOTOGRAPH, LONGER = "coffee", 480  # of scikit-image; pixels of its longer side


def show() -> None:
    """A photograph, and what the detector says of it."""
    from lm_core.foreign import vision
    from lm_core.pictures.extra import there

    st.header("A published detector")
    st.write(
        "YOLOS is a ViT whose last tokens are boxes: a Transformer reads patches of a photograph "
        "and says what is where, with weights that learned from 118,000 photographs of COCO."
    )
    if not vision.is_here(vision.DETECTOR):
        st.info(
            f"It is not on this machine: `python -m lm_core vision {vision.DETECTOR}` fetches it "
            "once, or keeps a folder that you have, with `--folder`."
        )
        return
    file = st.file_uploader("A photograph of your own", type=["jpg", "jpeg", "png"], key=OWN)
    from lm_core.pictures.reading import read_picture, shrunk

    if file is not None:
        pixels = read_picture(file.getvalue()).pixels
    elif there():
        from lm_core.pictures.photographs import photograph

        pixels = photograph(PHOTOGRAPH)
    else:
        return
    pixels = shrunk(pixels, LONGER)
    with st.spinner("Asking the detector …"):
        found = vision.detected(vision.detector(vision.folder_of(vision.DETECTOR)), pixels)
    _drawn(pixels, found)
    show_source(vision, "The code: published networks")


def _drawn(pixels, found: list) -> None:
    import numpy as np
    import pandas as pd

    from lm_core.charts.panels import Panel, panels
    from lm_core.charts.words import count, percent

    rows = [(one.label, one.score, *map(float, one.box)) for one in found]
    names = ["what", "score", "left", "top", "right", "bottom"]
    colours = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=-1)
    panel = Panel(
        "what it says",
        colours,
        boxes=[tuple(one.box) for one in found],
        marks=[(one.box.x1 + 30, one.box.y1 + 8, f"{one.label} {percent(one.score)}")
               for one in found],
    )  # fmt: skip
    table = pd.DataFrame(rows, columns=names)
    chart = panels(
        [panel],
        title="A photograph as the detector sees it",
        alt=f"A photograph with {count(len(found), 'box', 'boxes')}.",
        table=table,
        height=480,
    )
    show_chart(chart, key="boxes-published")
    show_table(table, key="boxes-published-list", places=2)
