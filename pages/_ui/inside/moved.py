"""What moved the guess: the direct contribution of each part to the logit of a token."""

import streamlit as st

from pages._ui.inside import asked, switching
from pages._ui.inside.look import FURTHER, SWITCH, Look
from pages._ui.shared import contributed
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source

TOKEN = "attention-token"
MOST = 8


def room(look: Look) -> None:
    """A place, one of the tokens that it finds likely there, and what adds to its logit."""
    from lm_core.charts.words import percent, unique_labels
    from lm_core.inspection import contributions as module

    model = look.checkpoint.model
    if look.ids is None or not module.can_contribute(model):
        st.info("This guess is no sum of parts: choose a Transformer with a linear output.")
        return
    st.latex(
        r"\text{logit}(v) = w_v \cdot \text{norm}\Big(e + \sum_{\text{layers}} \big("
        r"\sum_{\text{heads}} o_h W_h + \text{MLP}\big)\Big)"
    )
    place = asked.ask(look)
    shares = place.logits(model).float().softmax(-1)
    ids = shares.topk(min(MOST, len(shares))).indices.tolist()
    if st.session_state.get(TOKEN) not in ids:
        st.session_state[TOKEN] = ids[0]
    names = dict(zip(ids, unique_labels([place.name(id) for id in ids]), strict=True))
    token = st.pills(
        "Of which token, the likeliest first",
        ids,
        format_func=lambda id: f"{plain(names.get(id, ''))} {percent(float(shares[id]))}",
        required=True,
        key=TOKEN,
    )
    found = module.contributions(model, place.ids, place.at, source=place.source)
    best = contributed.show(found, token, names[token], key="attention-moved")
    if best is not None:
        st.button(
            f"Switch off {plain(best)}",
            key="attention-moved-off",
            on_click=_switch_off,
            args=(best,),
            help="What the guess, the loss and the text are without it.",
        )
    show_source(module, "The code: how a logit falls into parts")


def _switch_off(part: str) -> None:
    switching.offer(part)
    st.session_state[FURTHER] = SWITCH
