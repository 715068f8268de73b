"""Softmax and cross-entropy of one target, number by number."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared.plain import plain
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.inspection.one_step import Step

SHOWN = 6  # of the likeliest tokens


def softmax(step: "Step", place: tuple[int, int], tokenizer: Any) -> None:
    """From the logits of a place to the surprise of its target, and the gradient of the logits."""
    import pandas as pd

    b, t = place
    z, target = step.logits[b, t].double(), int(step.targets[b, t])
    most = float(z.max())
    raised = (z - most).exp()  # (V,) the largest is 1: nothing overflows
    total = float(raised.sum())
    p = raised / total
    count = int((step.targets >= 0).sum())
    ids = p.topk(min(SHOWN, len(p))).indices.tolist()
    if target not in ids:
        ids[-1:] = [target]
    rows = [
        {
            "token": tokenizer.token_text(id),
            "logit z": float(z[id]),
            "z − largest": float(z[id]) - most,
            "e to it": float(raised[id]),
            "p = that / sum": float(p[id]),
            "y, 1 for the target": int(id == target),
            "dL/dz = (p − y) / N": (float(p[id]) - (id == target)) / count,
        }
        for id in ids
    ]
    show_table(pd.DataFrame(rows), key="tensors-softmax", height="content", places=6)
    rest = len(p) - len(ids)
    st.caption(
        f"The largest logit is {most:.6f}; the sum over all {len(p):,} tokens is {total:.6f}"
        + (f" ({rest:,} are not shown)" if rest else "")
        + f"; N is {count}, the number of targets. The largest is taken off first, so that no "
        "power is too large."
    )
    name = plain(tokenizer.token_text(target))
    surprise = float(-p[target].log())
    st.markdown(
        f"The surprise of {name} is −ln {float(p[target]):.6f} = **{surprise:.6f}** nats; the "
        f"library's cross-entropy says {float(step.nats[b, t]):.6f}."
    )
