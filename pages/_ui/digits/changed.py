"""Changed copies: what a network is shown when there is too little to see."""

import streamlit as st

from pages._ui.digits.reading import dark, seen
from pages._ui.shared.numbered import choose
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch

COPIES = 15
KINDS = {
    "shift": "Shift",
    "shift, turn, scale": "Shift, turn, scale",
    "flip": "Mirror",
}


def show() -> None:
    """The part of the screen."""
    import torch

    from lm_core.charts.picture_grid import picture_grid
    from lm_core.charts.words import percent
    from lm_core.pictures.augment import BREAKS, augmented

    of = seen()
    st.write(
        "A digit moved by a pixel is the same digit. **Augmentation** shows a network changed "
        "copies of its training pictures, others in each step, so that it learns what does not "
        "matter. Only a change that keeps the class is allowed, and only training pictures are "
        "changed: those that judge stay as they are."
    )
    kind = switch("How they are changed", KINDS, key="digits-kind")
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        digit = choose("Copies of", of.names, key="digits-copies")
    seed = right.number_input("Seed", 0, 2**31 - 1, 0, key="digits-seed", bind="query-params")
    one = of.one(digit)
    copies = augmented(
        one.expand(COPIES, -1, -1, -1), kind, torch.Generator().manual_seed(int(seed))
    )
    with torch.no_grad():
        said = of.model(torch.cat([one.unsqueeze(0), copies])).argmax(-1).tolist()
    names = ["as it is", *[f"copy {n + 1}" for n in range(COPIES)]]
    chart = picture_grid(
        torch.cat([one.unsqueeze(0), copies]).mean(1).numpy(),
        [f"{name}: {of.names[k]}" for name, k in zip(names, said, strict=True)],
        title="Changed copies, and what each is taken for",
        columns=4,
        dark=dark(),
    )
    show_chart(chart, key="digits-changed")
    right_ = sum(k == digit for k in said[1:]) / COPIES
    st.markdown(
        f"**What to notice.** Of these {COPIES} copies {percent(right_)} are still taken for "
        f"{of.names[digit]}."
    )
    if kind in BREAKS:
        st.warning(BREAKS[kind])
    st.caption("*Train* has runs with changed copies, and one with mirrored ones, to compare.")
    show_source(augmented, "The code: changed copies")
