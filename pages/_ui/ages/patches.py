"""A picture as a text: its patches as tokens in a row, and what the first token looks at."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.ages.answering import FIRST, LAST, NUMBER
from pages._ui.ages.training import trained
from pages._ui.shared import models
from pages._ui.shared.show import show_chart, show_source

if TYPE_CHECKING:
    import numpy as np

    from lm_core.models.pictures.vit import ViT

PATCH, LAYER, HEAD, MODEL = (f"ages-{what}" for what in ("patch", "layer", "head", "vit"))
BIND = "query-params"
FRESH = "Untrained, as it begins"
SIZES = (4, 5, 8, 10, 20)  # that cut 40 pixels evenly


def look() -> None:
    """The grid of patches, the tokens they become, and the attention of a ViT over them."""
    from lm_core.pictures.faces import SIDE, draw_face

    st.write(
        "A Transformer reads tokens. A text is cut into pieces and each piece looked up in a table "
        "of vectors; a picture is cut into **patches**, and each patch, a few hundred numbers, is "
        "turned into such a vector by one matrix. From there on nothing is new: positions are "
        "added, every token looks at every other, and a token in front gathers what it needs for "
        "the answer. It is the encoder that reads sentences elsewhere in this lab."
    )
    st.latex(
        r"x_i = E\,\text{patch}_i + P_i, \qquad i = 1 \ldots N = \frac{H}{p} \cdot \frac{W}{p}"
    )
    found = [one for one in trained() if one.family == "vit"]
    labels = models.labels(found)
    line = st.columns([2, 4, 3], vertical_alignment="bottom")
    number = int(line[0].number_input("Face", FIRST, LAST, FIRST, key=NUMBER, bind=BIND))
    source = line[1].selectbox("ViT", [*labels, FRESH], key=MODEL, bind="query-params")
    pixels = draw_face(number).pixels
    if source == FRESH:
        size = line[2].select_slider("Side of a patch in pixels", SIZES, 8, key=PATCH, bind=BIND)
        model = untrained(size)
    else:
        model = models.load(found[labels.index(source)]).model
        size = model.settings.patch
        line[2].caption(f"Its patches are {size} × {size} pixels.")
    rows, columns = model.rows, model.columns
    n = rows * columns
    show_chart(_grid(pixels, size), key="ages-patches")
    st.markdown(
        f"**{SIDE} × {SIDE} pixels in patches of {size} × {size} are {rows} × {columns} = {n} "
        f"tokens**, each of 3 × {size} × {size} = {3 * size**2} numbers, and one in front: {n + 1} "
        f"tokens, as a sentence of {n + 1} words has. Half the side gives four times the tokens, "
        f"and attention compares every pair: {(n + 1) ** 2:,} here."
    )
    weights = looked(model, pixels)
    controls = st.columns(2)
    layer = int(
        controls[0].number_input(
            "Layer", 1, len(weights), len(weights), key=LAYER, bind="query-params"
        )
    )
    head = int(
        controls[1].number_input("Head", 1, weights[0].shape[0], 1, key=HEAD, bind="query-params")
    )
    chart = _attention(pixels, weights[layer - 1][head - 1], model, layer, head)
    show_chart(chart, key="ages-attention")
    if source == FRESH:
        st.caption(
            "It has learned nothing yet, so it looks at all patches nearly alike. Train a ViT "
            "under Train and judge, and look again."
        )
    with st.container(horizontal=True):
        st.page_link("pages/attention.py", label="The same attention over a sentence →")
        st.page_link("pages/tokenizers.py", label="How a text becomes tokens →")
    from lm_core.models.pictures import vit

    show_source(vit, "The code: the whole model")


@st.cache_resource(max_entries=8, show_spinner=False)
def untrained(patch: int) -> "ViT":
    """A ViT with random weights for such patches."""
    from lm_core.models.building import build_model
    from lm_core.pictures.faces import SIDE

    sizes = {"channels": 3, "height": SIDE, "width": SIDE, "centre": 40, "spread": 20}
    return build_model("vit", {"patch": patch}, sizes).eval()


def looked(model: "ViT", pixels: "np.ndarray") -> "list[np.ndarray]":
    """Of each layer (H, T): how the token in front divides its attention, by head."""
    import torch

    from lm_core.models.tracing import trace

    given = torch.from_numpy(pixels).permute(2, 0, 1)[None].float()
    with torch.no_grad(), trace(model) as seen:
        model(given)
    names = [f"stack.blocks.{k}.attention.weights" for k in range(len(model.stack.blocks))]
    return [seen[name][0, :, 0].numpy() for name in names]


def _grid(pixels: "np.ndarray", size: int):
    """The picture with the edges of its patches, and the patches in a row."""
    import numpy as np
    import pandas as pd

    from lm_core.charts.panels import Panel, panels

    side = pixels.shape[0]
    whole = (255 * pixels).round().astype(np.uint8)
    many = side // size
    apart = np.full((side + many - 1, side + many - 1, 3), 255, np.uint8)
    cells = [(r, c) for r in range(many) for c in range(many)]
    for r, c in cells:
        apart[r * (size + 1) : r * (size + 1) + size, c * (size + 1) : c * (size + 1) + size] = (
            whole[r * size : (r + 1) * size, c * size : (c + 1) * size]
        )
    marks = []
    if many <= 8:
        at = (size - 1) / 2
        marks = [
            (c * (size + 1) + at, r * (size + 1) + at, str(k))
            for k, (r, c) in enumerate(cells, start=1)
        ]
    table = pd.DataFrame(
        {
            "token": range(1, many * many + 1),
            "row": [r + 1 for r, _ in cells],
            "column": [c + 1 for _, c in cells],
            "mean brightness": [
                float(pixels[r * size : (r + 1) * size, c * size : (c + 1) * size].mean())
                for r, c in cells
            ],
        }
    )
    return panels(
        [Panel("the picture", whole), Panel("its tokens, row by row", apart, marks=marks)],
        title="A picture cut into patches",
        alt=f"The picture in {many} rows of {many} patches, which are {many * many} tokens.",
        table=table,
    )


def _attention(pixels: "np.ndarray", weights: "np.ndarray", model: "ViT", layer: int, head: int):
    """Where the token in front looks, over the picture. weights: (T,), the first its own."""
    import numpy as np
    import pandas as pd

    from lm_core.charts.panels import Panel, panels
    from lm_core.charts.words import percent

    on = weights[1:].reshape(model.rows, model.columns)
    p = model.settings.patch
    large = np.kron(on / max(float(on.max()), 1e-9), np.ones((p, p)))
    lit = (255 * pixels * (0.15 + 0.85 * large[..., None])).round().astype(np.uint8)
    said = np.kron(on, np.ones((p, p)))
    text = np.vectorize(lambda share: f"{100 * share:.1f} %")(said)
    top = int(on.argmax())
    table = pd.DataFrame(
        {
            "token": range(1, on.size + 1),
            "row": [k // model.columns + 1 for k in range(on.size)],
            "column": [k % model.columns + 1 for k in range(on.size)],
            "attention": on.ravel(),
        }
    )
    alt = (
        f"Layer {layer}, head {head}: the token in front gives {percent(float(weights[0]))} of its "
        f"attention to itself and most of the rest, {percent(float(on.max()))}, to patch {top + 1} "
        f"(row {top // model.columns + 1}, column {top % model.columns + 1})."
    )
    return panels(
        [Panel("attention, white is most", large, text), Panel("what it sees then", lit, text)],
        title=f"Where it looks: layer {layer}, head {head}",
        alt=alt,
        table=table,
    )
