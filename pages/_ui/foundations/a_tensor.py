"""A tensor that was typed: its shape and type, and arithmetic with another one."""

import streamlit as st

from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source
from pages._ui.shared.tables import show_table

FIRST, SECOND = "[[1, 1], [2, 2]]", "[[2, 2], [3, 3]]"


def show() -> None:
    """The part of the screen."""
    import pandas as pd

    from lm_core.foundations import tensors, typed
    from lm_core.foundations.shapes import written

    st.write(
        "A tensor is a box of numbers of **one** type, with a shape. Type one as nested lists: its "
        "number of brackets is its number of dimensions. A point in one number makes all of them "
        "floats, and networks learn with floats only."
    )
    text = st.text_area(
        "xs",
        "[[1, 2, 3], [4, 5, 6]]",
        max_chars=2000,
        height=80,
        key="arrays-xs",
        bind="query-params",
    )
    values = typed.read_nested(text)
    made = tensors.made(values)
    rows = []
    for how, tensor in made.items():
        facts = tensors.facts(tensor)
        rows.append(
            (
                how,
                written(facts.shape),
                facts.dtype,
                facts.numel,
                facts.bytes,
                written(facts.stride),
                facts.device,
            )
        )
    columns = ["made by", "shape", "dtype", "numbers", "bytes", "stride", "device"]
    show_table(pd.DataFrame(rows, columns=columns), key="arrays-facts")
    st.code(repr(made["torch.tensor(xs)"]), language="text")
    st.caption(
        "`torch.tensor` finds the type itself, `torch.Tensor` makes float32 of everything: prefer "
        "the first. The stride says how many numbers further the next place of a dimension lies."
    )
    st.header("Two of them")
    left, right = st.columns(2)
    a = left.text_area(
        "a", FIRST, max_chars=2000, height=80, key="arrays-tensor-a", bind="query-params"
    )
    b = right.text_area(
        "b", SECOND, max_chars=2000, height=80, key="arrays-tensor-b", bind="query-params"
    )
    _together(typed.read_nested(a), typed.read_nested(b))
    st.markdown(
        "**What to notice.** `*` multiplies cell by cell; `@` multiplies rows by columns and adds "
        "up: with the same two tensors they give different numbers. Numbers without a point and "
        "numbers with one make, together, numbers with one."
    )
    show_source(tensors, "The code: what a tensor says of itself")


def _together(a: object, b: object) -> None:
    import torch

    one, other = torch.tensor(a), torch.tensor(b)
    for name, how in (("a + b", torch.add), ("a * b", torch.mul), ("a @ b", torch.matmul)):
        if name != "a * b" and torch.bool in (one.dtype, other.dtype):
            one, other = one.float(), other.float()
        if one.dtype != other.dtype:
            kind = torch.promote_types(one.dtype, other.dtype)
            one, other = one.to(kind), other.to(kind)
        try:
            said = repr(how(one, other))
        except RuntimeError as error:
            said = f"RuntimeError: {error}"
        st.caption(plain(name))
        st.code(said, language="text", wrap_lines=True)
