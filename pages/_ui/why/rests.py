"""What a guess rests on, by how the model reads: the places of a window, a memory and its gates, or
the heads and layers that moved the logit."""

from typing import Any

import streamlit as st

from pages._ui.memory import reading
from pages._ui.shared import models
from pages._ui.shared.show import show_chart
from pages._ui.why import moved
from pages._ui.why.asked import Asked

LONGEST = 256  # tokens that are read again


def rests(asked: Asked) -> None:
    """Nothing of a model that reads in another way."""
    from lm_core.inspection.gates import has_gates
    from lm_core.inspection.slots import has_slots

    model = asked.checkpoint.model
    if has_slots(model):
        _slots(asked)
    elif has_gates(model):
        _memory(asked)
        _more(asked)
    else:
        moved.moved(asked)


def _slots(asked: Asked) -> None:
    """Each place of the window emptied in turn."""
    from lm_core.charts.past import slot_bars
    from lm_core.inspection.slots import slots

    found = slots(asked.checkpoint.model, asked.seen, asked.id)
    token_text = asked.checkpoint.tokenizer.token_text
    chart = slot_bars(list(map(token_text, found.ids)), found.adds, asked.token)
    show_chart(chart, key=f"{asked.key}-slots")
    st.caption(
        "Occlusion: each place is emptied in turn, and the bar is how much ln p of this token "
        "falls by it, in nats. Below 0 the token there spoke against it. Places work together, so "
        "the bars do not sum to ln p."
    )


def _memory(asked: Asked) -> None:
    """What is left of each token in the memory, and what the surprise hangs on."""
    import torch

    from lm_core.charts.past import share_bars
    from lm_core.inspection.gates import record_gates
    from lm_core.inspection.gradient_reach import gradient_reach
    from lm_core.inspection.remembered import keeps_by_a_gate, remembered

    model, ids = asked.checkpoint.model, asked.seen[-LONGEST:]
    tokens = [asked.checkpoint.tokenizer.token_text(one) for one in ids]
    recorded = record_gates(model, torch.tensor(ids))
    left, right = st.columns(2)
    if keeps_by_a_gate(recorded):
        with left:
            shares = remembered(recorded).shares.tolist()
            title = "What its memory is made of"
            chart = share_bars(tokens, shares, title=title, x="share of the memory")
            show_chart(chart, key=f"{asked.key}-remembered")
            st.caption(_kept(recorded))
    else:
        left.markdown("An RNN has no gates: each token changes its whole state.")
    with right:
        reach = gradient_reach(model, torch.tensor([[*ids, asked.id]])).flip(0)  # (T,), as read
        shares = (reach / reach.sum().clamp(min=1e-30)).tolist()
        title = "What the guess hangs on"
        chart = share_bars(tokens, shares, title=title, x="share of the gradient")
        show_chart(chart, key=f"{asked.key}-gradient")
        st.caption(
            "The length of the gradient of this token's surprise with respect to the vector of "
            "each token read before: how much a small change there would change the guess."
        )
    whole = len(asked.seen)
    if whole > len(ids):
        st.caption(f"Read again from the last {len(ids):,} of {whole:,} tokens, from nothing.")


def _kept(recorded: Any) -> str:
    """What the gates of the last layer did at the last token, and how the bars are computed."""
    from lm_core.charts.words import count

    keeps = "forget" if "forget" in recorded.names else "update"
    gate = recorded.values[keeps][-1, -1]  # (C,)
    wiped = int((gate < 0.1).sum())
    formula = "what its gate let in, times every later gate that kept it"
    return (
        f"Of each token: {formula}, summed over {count(len(gate), 'unit')}; together the parts are "
        f"the state. Reading the last token, the {reading.CALLED[keeps][0].lower()} kept "
        f"{float(gate.mean()):.2f} of it on average and wiped {wiped:,} units (below 0.1)."
    )


def _more(asked: Asked) -> None:
    """This text on the Memory screen, gate by gate."""
    every = reading.with_memory()
    labels = dict(zip([one.folder for one in every], models.labels(every), strict=True))
    label = labels.get(asked.choice.folder)
    if label is None or not asked.before:
        return
    query = asked.link("memory", label)
    st.page_link("pages/memory.py", label="Its gates, unit by unit →", query_params=query)
