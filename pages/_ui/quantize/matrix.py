"""One matrix before and after, the levels on its histogram, and the arithmetic of one weight."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.begun import begun
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from torch import Tensor

    from lm_core.quantize.schemes import Parts, Scheme

SCHEME, MATRIX, ROW, COLUMN = (f"quantize-{what}" for what in ("scheme", "matrix", "row", "column"))
BIND = "query-params"
SIDE = 10  # rows and columns around the weight that are drawn


def matrix(choice: models.Choice) -> None:
    """Choose a scheme, a matrix and a weight."""
    from lm_core.quantize.choosing import matrices
    from lm_core.quantize.schemes import SCHEMES

    st.write(
        "A weight is stored as a code, a whole number of 8 or 4 bits, and many weights share a "
        "scale that makes real numbers of their codes again. Between two levels nothing can be "
        "stored: the weight becomes the nearest one."
    )
    st.latex(r"q = \text{clip}(\text{round}(w / s) + z), \qquad \tilde w = s\,(q - z)")
    model = models.load(choice).model
    names = matrices(model)
    if st.session_state.get(MATRIX) not in (None, *names):
        del st.session_state[MATRIX]
    left, right = st.columns(2)
    scheme = SCHEMES[
        left.selectbox(
            "Scheme",
            list(SCHEMES),
            **begun(SCHEME, index=list(SCHEMES).index("nf4")),
            format_func=lambda name: SCHEMES[name].title,
            key=SCHEME,
            bind=BIND,
        )
    ]
    usual = next((k for k, name in enumerate(names) if name.endswith("mlp.up.weight")), 0)
    name = right.selectbox(
        "Matrix",
        names,
        **begun(MATRIX, index=usual),
        key=MATRIX,
        bind=BIND,
    )
    st.caption(plain(scheme.idea))
    weight = dict(model.named_parameters())[name].detach().flatten(1)
    parts = scheme.encode(weight)
    after = scheme.decode(parts, tuple(weight.shape))
    row, column = _place(weight)
    pictures(weight, after, row, column)
    _histogram(scheme, parts, weight, after, row, column)
    arithmetic(scheme, parts, weight, after, row, column)
    from lm_core.quantize import affine, levels

    show_source(affine, "The code: scale and zero point")
    show_source(levels, "The code: the levels of NF4")


def _place(weight: "Tensor") -> tuple[int, int]:
    """Row and column of the weight, from 0."""
    line, found = st.columns(2), []
    for column, key, label, size in zip(
        line, (ROW, COLUMN), ("Row", "Column"), weight.shape, strict=True
    ):
        if not 1 <= st.session_state.get(key, 1) <= size:
            del st.session_state[key]
        begin = begun(key, value=min(4, size))
        found.append(
            int(
                column.number_input(
                    f"{label} of one weight", 1, size, **begin, step=1, key=key, bind=BIND
                )
            )
            - 1
        )
    return found[0], found[1]


def pictures(weight: "Tensor", after: "Tensor", row: int, column: int) -> None:
    """The weights around the one that was chosen, before and after."""
    from lm_core.charts.matrices import matrix as cells

    R, C = weight.shape
    top, left = _from(row, R), _from(column, C)
    rows = [str(k + 1) for k in range(top, min(R, top + SIDE))]
    columns = [str(k + 1) for k in range(left, min(C, left + SIDE))]
    dark = st.context.theme.type == "dark"
    shown = (("before", "Before: float32", weight), ("after", "After", after))
    for place, (key, title, one) in zip(st.columns(2), shown, strict=True):
        part = one[top : top + SIDE, left : left + SIDE].numpy()
        with place:
            chart = cells(part, rows, columns, title=title, x="column", y="row", dark=dark)
            show_chart(chart, key=f"quantize-{key}")


def _from(place: int, size: int) -> int:
    return max(0, min(place - SIDE // 2, size - SIDE))


def _histogram(
    scheme: "Scheme", parts: "Parts", weight: "Tensor", after: "Tensor", row: int, column: int
) -> None:
    from lm_core.charts.quantized import weights_and_levels

    groups = scheme.groups(weight)  # (G, S)
    largest = groups.abs().amax(1, keepdim=True).clamp(min=1e-30)
    group = scheme.group_of(tuple(weight.shape), row, column)
    own = float(largest[group])
    shares = scheme.groups(weight) / largest
    levels = (scheme.levels(parts, group) / own).tolist()
    before, now = float(weight[row, column]) / own, float(after[row, column]) / own
    flat = shares.flatten()[: weight.numel()].numpy()
    title = f"{weight.numel():,} weights and the levels of one group"
    chart = weights_and_levels(flat, levels, before=before, after=now, title=title)
    show_chart(chart, key="quantize-histogram")


def arithmetic(
    scheme: "Scheme", parts: "Parts", weight: "Tensor", after: "Tensor", row: int, column: int
) -> None:
    """From the weight to its code and back, with the numbers that are stored."""
    import pandas as pd

    from lm_core.charts.words import percent

    group = scheme.group_of(tuple(weight.shape), row, column)
    scale = float(scheme.scales(parts)[group])
    before, now = float(weight[row, column]), float(after[row, column])
    shared = {"tensor": "the whole matrix", "channel": f"row {row + 1}"}.get(
        scheme.over, f"block {group + 1:,} of {scheme.block} weights"
    )
    rows: list[tuple[str, str]] = [
        ("the weight w", f"{before:.6f}"),
        (f"scale s of {shared}", f"{scale:.6g}"),
    ]
    if scheme.codes == "nf4":
        place = int((scheme.NF4 * scale - now).abs().argmin())
        rows += [
            ("w / s", f"{before / scale:.4f}" if scale else "0"),
            ("nearest of the 16 levels", f"number {place} ({place:04b}), {scheme.NF4[place]:.5f}"),
            ("level times s", f"{scheme.NF4[place]:.5f} × {scale:.6g} = {now:.6f}"),
        ]
    else:
        zero = int(parts["zero"][group]) if "zero" in parts else 0
        code = round(now / scale) + zero if scale else zero
        if "zero" in parts:
            rows.append(("zero point z", str(zero)))
        rows += [
            ("w / s + z", f"{before / scale + zero:.3f}" if scale else "0"),
            ("rounded and clipped: the code q", str(code)),
            ("s (q − z)", f"{scale:.6g} × ({code} − {zero}) = {now:.6f}"),
        ]
    rows.append(("error", f"{now - before:+.6f}"))
    st.header(f"The weight in row {row + 1}, column {column + 1}")
    show_table(pd.DataFrame(rows, columns=["what", "value"]), key="quantize-arithmetic")
    error = (after - weight).square().mean().sqrt() / weight.square().mean().sqrt().clamp(min=1e-30)
    bits = scheme.bits_per_weight(tuple(weight.shape))
    st.markdown(
        f"**What to notice.** {bits:.2f} bits a weight, scales included, in the place of 32. The "
        f"typical error (root of the mean square) is {percent(float(error))} of the typical "
        "weight. A level that is far from where the weights are is a level wasted: that is what "
        "NF4 saves, by putting its sixteen where a bell-shaped heap of weights has them."
    )
