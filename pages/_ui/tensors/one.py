"""One tensor: its name, shape, equation and line of code, its figures, a slice of it as cells, and
how its numbers lie."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart

if TYPE_CHECKING:
    from lm_core.inspection.atlas import Facts, Made
    from pages._ui.tensors.batch import Batch
    from pages._ui.tensors.followed import Followed

MOST = (48, 96)  # rows and columns that are drawn
AXES = {"T": "token", "S": "token of the source", "B": "row of the batch"}


def one_tensor(found: "Followed", place: int, batch: "Batch") -> None:
    """All of it, under a heading of its own."""
    from lm_core.inspection.equations import equation

    made, facts = found.atlas.entries[place], found.facts[place]
    st.header(plain(made.name))
    left, right = st.columns(2, gap="medium")
    with left:
        _figures(made, facts)
        st.code(equation(made), language=None, wrap_lines=True)
        where = made.written
        st.caption(f"{plain(where.file)}, line {where.line}, in {plain(where.function)}:")
        st.code(where.statement, language="python", wrap_lines=True)
        if made.parameters:
            st.caption(f"It reads the parameters {plain(', '.join(made.parameters))}.")
        if made.times > 1:
            st.caption(
                f"The line ran {made.times} times, in a loop: the tensors stand beside each other "
                "along the second dimension."
            )
        if made.meant:
            st.caption("Minus infinity is meant: a mask put it there, so that softmax makes it 0.")
    with right:
        if made.tensor.numel():
            _cells(made, batch)
            _histogram(made)
        else:
            st.caption("It is empty.")


def _figures(made: "Made", facts: "Facts") -> None:
    letters = " × ".join(made.letters) or "one number"
    sizes = " × ".join(f"{size:,}" for size in made.shape)
    st.markdown(f"**{plain(letters)}**" + (f" = {plain(sizes)}" if sizes else ""))
    with st.container(horizontal=True, gap="medium"):
        for name, value in (
            ("Mean", facts.mean),
            ("Std", facts.std),
            ("Min", facts.low),
            ("Max", facts.high),
        ):
            st.metric(name, "–" if value is None else f"{value:.4g}", width="content")
    if facts.bad:
        said = ", ".join(
            f"{many:,} {name}"
            for name, many in (("NaN", facts.nan), ("∞", facts.above), ("−∞", facts.below))
            if many
        )
        if made.meant and not (facts.nan or facts.above):
            st.caption(f"Of finite numbers. {said} of {facts.count:,}.")
        else:
            st.badge(f"{said} of {facts.count:,}", color="red", icon=":material/error:")
            st.caption("The figures are of the finite numbers.")


def _cells(made: "Made", batch: "Batch") -> None:
    """The last two dimensions; of those in front of them one place each."""
    from lm_core.charts.tensors import cells

    tensor, letters = made.tensor, list(made.letters)
    if not tensor.dim():
        return
    at = _places(made, letters)
    matrix = tensor[tuple(at)] if tensor.dim() > 1 else tensor.unsqueeze(0)  # (R, S)
    of = [""] * (2 - tensor.dim()) + letters[-2:]
    shown = matrix[: MOST[0], : MOST[1]].double().numpy()
    row = at[0] if at and letters[0] == "B" else 0
    rows, columns = (
        _names(letter, size, row, batch)[:most]
        for letter, size, most in zip(of, matrix.shape, MOST, strict=True)
    )
    chart = cells(
        shown,
        rows,
        columns,
        title=f"A slice of {made.name.rpartition('.')[2]}" if at else "All of it",
        x=_axis(of[1]),
        y=_axis(of[0]),
        dark=st.context.theme.type == "dark",
    )
    show_chart(chart, key="tensors-cells")
    if matrix.shape[0] > MOST[0] or matrix.shape[1] > MOST[1]:
        drawn = f"{len(rows)} × {len(columns)}"
        st.caption(f"The first {drawn} of {matrix.shape[0]:,} × {matrix.shape[1]:,} are drawn.")


def _places(made: "Made", letters: list[str]) -> list[int]:
    """A place for each dimension in front of the last two, chosen by the visitor."""
    front = made.shape[:-2]
    if not front:
        return []
    places = []
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for i, size in enumerate(front):
            key = f"tensors-at-{i}"
            if not 0 <= st.session_state.get(key, 0) < size:
                del st.session_state[key]
            label = f"{letters[i]}: which of {size}"
            places.append(
                0
                if size == 1
                else int(
                    st.number_input(
                        plain(label), 0, size - 1, key=key, bind="query-params", width=150
                    )
                )
            )
    return places


def _names(letter: str, size: int, row: int, batch: "Batch") -> list[str]:
    """The tokens of a dimension that is one of them, else numbers."""
    names = batch.names.get(letter, [])
    if row < len(names) and len(names[row]) == size:
        return names[row]
    return [str(i) for i in range(size)]


def _axis(letter: str) -> str:
    return AXES.get(letter, f"{letter}, counted from 0" if letter else "")


def _histogram(made: "Made") -> None:
    from lm_core.charts.doctor import histogram
    from lm_core.doctor.looking import histogram as counted

    data: dict[str, Any] = counted(made.tensor)
    if data["counts"]:
        chart = histogram(**data, title="How its numbers lie", unit="number")
        show_chart(chart, key="tensors-histogram")
