"""Matrices on this screen, as pictures with their numbers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.show import show_chart

if TYPE_CHECKING:
    from torch import Tensor


def draw(
    values: "Tensor",
    rows: Sequence[str],
    columns: Sequence[str] | None = None,
    *,
    title: str,
    key: str,
    shares: bool = False,
    x: str = "",
    y: str = "",
    high: int | None = None,
) -> None:
    """A matrix; its columns are counted where they have no names.

    Args:
        high: as high as a picture of so many rows.
    """
    from lm_core.charts.matrices import height_of, matrix

    chart = matrix(
        values.numpy(),
        rows,
        columns or [str(j + 1) for j in range(values.size(1))],
        title=title,
        x=x,
        y=y,
        shares=shares,
        dark=st.context.theme.type == "dark",
        height=height_of(high) if high else None,
    )
    show_chart(chart, key=f"averaging-{key}")


def idea(words: str, formula: str) -> None:
    """What a step is about, and its equation."""
    left, right = st.columns([5, 4], gap="medium", vertical_alignment="center")
    left.write(words)
    right.latex(formula)


def terms(found: Sequence[str], *, of: str, total: str) -> str:
    """A sum for a formula, two terms a line: a phone has room for no more."""
    lines = [" + ".join(found[i : i + 2]) for i in range(0, len(found), 2)]
    summed = r" \\ &\, + ".join(lines)
    return rf"\begin{{aligned}} {of} = &\; {summed} \\ = &\; {total} \end{{aligned}}"


def product(one: "Tensor", other: "Tensor") -> list[str]:
    """The terms of the product of two vectors, for a formula."""
    return [
        rf"{bare(a)} \cdot {bare(b)}" for a, b in zip(one.tolist(), other.tolist(), strict=True)
    ]


def bare(number: float) -> str:
    """A number for a formula, in brackets where it has a sign."""
    from lm_core.charts.matrices import written

    said = written(number)
    return f"({said})" if said.startswith("-") else said
