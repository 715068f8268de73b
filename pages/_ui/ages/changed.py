"""The transforms a picture goes through before a network sees it."""

import streamlit as st

from pages._ui.ages.given import pick
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

PICTURE, SEED = "ages-changed", "ages-changes"
COPIES = 8


def look() -> None:
    """One picture, step by step, and the copies that a training would see."""
    found = pick()
    if found is None:
        return
    import numpy as np
    import torch

    from lm_core.charts.panels import Panel, panels
    from lm_core.models.pictures.published import MEAN, SPREAD
    from lm_core.pictures import relighting
    from lm_core.pictures.annotated import square
    from lm_core.pictures.faces import SIDE

    st.write(
        "A picture is **resized** to one size, **normalised**, so that its numbers lie around 0, "
        "and while training **changed** a little each time: mirrored, turned, lit another way. The "
        "age stays the same, so the network sees more than there is. Pictures that judge are "
        "resized and normalised alone."
    )
    line = st.columns(2)
    last = len(found.table) - 1
    number = int(
        line[0].number_input("Picture", 0, min(last, 9999), 0, key=PICTURE, bind="query-params")
    )
    seed = int(line[1].number_input("Seed", 0, 2**31 - 1, 0, key=SEED, bind="query-params"))
    whole = found.pixels[number]
    small = square(whole, SIDE)  # (side, side, 3) from 0 to 1
    x = torch.from_numpy(small).permute(2, 0, 1)[None]
    normal = (x - torch.tensor(MEAN).view(1, 3, 1, 1)) / torch.tensor(SPREAD).view(1, 3, 1, 1)
    rows = [
        ("in the file", f"{whole.shape[0]} × {whole.shape[1]}", *_range(whole / 255.0)),
        ("resized", f"{SIDE} × {SIDE}", *_range(small)),
        ("normalised", f"{SIDE} × {SIDE}", *_range(normal.numpy())),
    ]
    import pandas as pd

    names = ["picture", "pixels", "least", "most", "mean", "standard deviation"]
    show_table(pd.DataFrame(rows, columns=names), key="ages-changed", places=2)
    copies = relighting.relit(
        x.expand(COPIES, -1, -1, -1),
        "flip, turn, light",
        torch.Generator().manual_seed(seed),
    )
    pictures = (255 * copies.permute(0, 2, 3, 1).numpy()).round().astype(np.uint8)
    wide = np.concatenate(
        [np.concatenate(list(pictures[k : k + 4]), axis=1) for k in range(0, COPIES, 4)]
    )
    chart = panels(
        [Panel("resized", (255 * small).round().astype(np.uint8)), Panel("eight copies", wide)],
        title="What a training sees of one picture",
        alt=f"A picture of {SIDE} × {SIDE} pixels and {COPIES} changed copies of it.",
        table=pd.DataFrame(
            [(k + 1, *_range(one / 255.0)) for k, one in enumerate(pictures)],
            columns=["copy", "least", "most", "mean", "standard deviation"],
        ),
    )
    show_chart(chart, key="ages-copies")
    st.caption(
        "The normalisation is that of ImageNet, for the published networks; those of this lab take "
        "2 x - 1. On Train it is the setting Augmentation."
    )
    show_source(relighting, "The code: the changes")


def _range(pixels) -> tuple[float, float, float, float]:
    """Least, most, mean, standard deviation."""
    return tuple(float(one) for one in (pixels.min(), pixels.max(), pixels.mean(), pixels.std()))
