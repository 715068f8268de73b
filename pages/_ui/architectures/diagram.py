"""The parts of a model as boxes in boxes, from its real modules: a click tells of one."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.architectures import families
from pages._ui.shared import session
from pages._ui.shared.show import show_source
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.inspection.modules import Node
    from lm_core.registry import Entry
    from lm_core.settings import Settings

BLOCK = "architectures-block"  # the path of the box that was clicked


def diagram(entry: "Entry", settings: "Settings", size: families.Size, vocab_size: int) -> None:
    """The section; nothing of a family that has no modules, or of one too large to be run."""
    from lm_core.inspection.shapes import RUNNABLE

    if entry.build.learns_by == "counting" or not 0 < size.parameters <= RUNNABLE:
        return
    st.header("The parts")
    with session.mending():
        tree = families.tree(entry.name, settings.to_dict(), vocab_size)
        chosen = tree.at(st.session_state.get(BLOCK, "")) or tree
        left, right = st.columns([2, 3], gap="medium")
        with left:
            st.caption("From the input down to the output. Click a part to see what it is.")
            _box(tree, chosen)
        with right:
            _about(entry, settings, vocab_size, chosen)


def _box(node: "Node", chosen: "Node") -> None:
    """A part, and those in it, in a frame of their own."""
    from lm_core.charts.words import human

    often = f"{node.times} × " if node.times > 1 else ""
    weights = f" · {human(node.parameters)}" if node.parameters else ""
    with st.container(border=bool(node.parts), gap="xxsmall"):
        st.button(
            f"{often}{node.name}{weights}",
            key=f"architectures-box-{node.path}",
            type="secondary" if node is chosen else "tertiary",
            on_click=st.session_state.__setitem__,
            args=(BLOCK, node.path),
        )
        for part in node.parts:
            _box(part, chosen)


def _about(entry: "Entry", settings: "Settings", vocab_size: int, node: "Node") -> None:
    """Shape, parameters, operations and code of one."""
    import pandas as pd

    from lm_core.charts.words import count, human

    st.subheader(f"{node.path or entry.title}")
    shape = "not called by itself" if node.shape is None else " × ".join(map(str, node.shape))
    rows = [
        ("class", node.kind),
        ("as many of them", f"{node.times:,}"),
        ("gives", shape),
        ("parameters of one", count(node.parameters, "number")),
    ]
    if BLOCK in st.session_state:  # asked for by a click: counting takes a moment
        parts = families.operations_by_part(entry.name, settings.to_dict(), vocab_size)
        found = parts.get(node.path, 0.0)
        rows.append(("operations a token of one", human(found) if found else "no product"))
    table = pd.DataFrame(rows, columns=["what", "this part"])
    show_table(table, key="architectures-block", height="content")
    lines, source = families.code(entry.name, settings.to_dict(), vocab_size, node.path)
    if lines:
        st.markdown("Where the code names it (the number is the line in the file):")
        st.code("\n".join(f"{n:>4}  {text}" for n, text in lines), language="python")
    if source is not None:
        show_source(source, "Its own code", key=f"architectures-code-{node.kind}")
    elif node.path:
        st.caption(f"{node.kind} is one of PyTorch's own modules.")
