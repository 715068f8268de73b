"""One scene: its picture, its mask, the classes that one cares about, and the picture through
them."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.show import show_chart, show_source

if TYPE_CHECKING:
    import numpy as np

    from lm_core.charts.chart import Chart
    from lm_core.pictures.scenes import Scene

NUMBER, KEPT = "masks-scene", "masks-classes"
FIRST, LAST = 1800, 1999  # scenes of the test split, which no model here learned from
USUAL = 1833  # it holds one of each
BIND = "query-params"


@st.cache_data(max_entries=64, show_spinner=False)
def scene(number: int) -> "Scene":
    """The scene of that number."""
    from lm_core.pictures.scenes import draw_scene

    return draw_scene(number)


def pick() -> "Scene":
    """Which scene; the same one on every part of this screen."""
    number = st.number_input(
        "Scene",
        FIRST,
        LAST,
        USUAL,
        key=NUMBER,
        bind=BIND,
        help="Each number is another scene, none of which a model here learned from.",
    )
    return scene(int(number))


def look() -> None:
    """The scene, its mask, a binary mask of some classes, and the picture times that."""
    from lm_core.pictures import scenes

    controls = st.columns([2, 5], vertical_alignment="bottom")
    with controls[0]:
        one = pick()
    names = list(scenes.CLASSES)
    kept = controls[1].pills(
        "Classes that are kept",
        names[1:],
        selection_mode="multi",
        default=names[1:2],
        key=KEPT,
        bind=BIND,
    )
    chart = masked(one, [names.index(name) for name in kept])
    show_chart(chart, key="masks-scene-chart")
    st.markdown(
        "The **mask** holds a class for each pixel. The **binary mask** is 1 where the pixel is of "
        "a class that is kept and 0 elsewhere, as `torch.where` makes it; the picture times the "
        "binary mask is what is left of it."
    )
    _as_a_file(one)
    show_source(scenes, "The code: how a scene is drawn")


def masked(one: "Scene", kept: list[int]) -> "Chart":
    """The four pictures: the scene, its mask, the binary mask of the classes `kept`, the rest."""
    import numpy as np
    import pandas as pd
    import torch

    from lm_core.charts.panels import Panel, coloured, panels
    from lm_core.charts.words import percent
    from lm_core.pictures.scenes import CLASSES

    mask = torch.from_numpy(one.mask)
    binary = torch.where(
        torch.isin(mask, torch.tensor(kept, dtype=torch.int64)),
        torch.tensor(1.0),
        torch.tensor(0.0),
    ).numpy()
    pixels = np.bincount(one.mask.ravel(), minlength=len(CLASSES))
    shares = [n / one.mask.size for n in pixels]
    table = pd.DataFrame(
        {
            "class": list(CLASSES),
            "value in the mask": range(len(CLASSES)),
            "pixels": pixels,
            "share": shares,
            "kept": [int(k in kept) for k in range(len(CLASSES))],
        }
    )
    said = ", ".join(f"{name} {percent(s)}" for name, s in zip(CLASSES, shares, strict=True) if s)
    alt = f"Of the pixels of this scene: {said}; {percent(float(binary.mean()))} are kept."
    return panels(
        [
            Panel("picture", one.pixels, _values(one.pixels)),
            Panel("mask", coloured(one.mask), np.array(CLASSES)[one.mask]),
            Panel("binary mask", binary, _values(binary)),
            Panel("picture × binary mask", one.pixels * binary, _values(one.pixels * binary)),
        ],
        title="A scene, and what a mask leaves of it",
        alt=alt,
        table=table,
        legend=CLASSES,
    )


def _values(pixels: "np.ndarray") -> "np.ndarray":
    import numpy as np

    return np.char.mod("%.2f", pixels)


def _as_a_file(one: "Scene") -> None:
    """What is met when such a mask is kept as a picture and read again."""
    import numpy as np
    import pandas as pd

    with st.expander("A mask as a picture file: why are 1, 2 and 3 gone?"):
        st.markdown(
            "A mask is often kept as a PNG. Whoever reads one as a picture, with torchvision's "
            "`ToTensor` for instance, gets each value divided by 255, and looks for the class 1 in "
            "vain: it is 0.0039 now. Compare with `1 / 255`, or read the mask as whole numbers."
        )
        values = np.arange(4)
        read = values.astype(np.uint8) / 255
        st.dataframe(
            pd.DataFrame({"in the mask": values, "as read": [f"{v:.4f}" for v in read]}),
            hide_index=True,
            key="masks-file",
        )
