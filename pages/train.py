"""Train: choose a text, a model and a budget, press Start, and watch it learn."""

import streamlit as st

from lm_core.errors import BadSettings, LabError
from pages._ui.shared import front_door, models, session
from pages._ui.shared.everywhere import picture_and_controls
from pages._ui.shared.open_run import TRAINED
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source
from pages._ui.train.curves import loss_of
from pages._ui.train.form import choose, more_settings
from pages._ui.train.going_runs import goes_on, going_runs
from pages._ui.train.link import link_to_settings
from pages._ui.train.live import ROOM, live_panel
from pages._ui.train.past_runs import past_runs

READING = """## How to read the curve

**Run**: one training, from Start to its end. **Step**: one look at a little text, one small
correction. **Evaluation**: now and then it guesses at text kept from it, and learns nothing there.

**Nats**: the unit of surprise. 0 is never surprised; 0.69 less, and it gives what really came
twice the probability.

**Training**: the text it learns from. **Validation**: text kept from it. When only training still
falls, it learns by heart.

**Guessing blindly**: every token as likely as any other. A token is what the text is cut into:
here a character, elsewhere a word or a piece of one."""

front_door.enter()
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Train", width="stretch")
    link = st.container(width="content")
st.write(
    "The model reads a little, guesses what comes next, is corrected, and guesses better. The "
    "curve shows how surprised it still is: lower is better."
)


def shipped_curve(model: str) -> None:
    """Before anything was trained: the curve of a model that ships, labelled as such."""
    import math

    import pandas as pd

    from lm_core.checkpoints import load_history
    from lm_core.tokenizers import tokenizers

    of_tokens = [choice for choice in models.shipped() if choice.of_tokens]
    choices = sorted(of_tokens, key=lambda c: (c.family != model, not c.items))
    st.html(ROOM)
    for choice in choices:
        history = load_history(choice.folder)
        if not history["points"]:
            continue
        curve, beside = st.columns([5, 3])  # as a run is shown, so that Start moves nothing
        with curve, st.container(border=True, height="stretch", gap="xsmall"):
            st.caption(f"An example that ships with the lab: {plain(choice.label)}")
            train = pd.DataFrame(history["points"], columns=["step", "train_nats"])
            validation = pd.DataFrame(history["evaluations"], columns=["step", "nats"])
            loss_of(
                train,
                validation,
                unit=f"nats per {tokenizers[choice.cut].build.unit}",
                uniform_nats=math.log(choice.card["sizes"]["vocab_size"]),
                key="train-shipped",
                live=False,
            )
        with beside, st.container(border=True, height="stretch"):
            st.markdown(READING)
        return
    st.info("Choose a text and a model, then press Start: the curve appears here.")


def start(spec) -> None:
    """Queue the run, and show it unless another that goes on is shown."""
    from lm_core.charts.words import shorten
    from lm_core.models import models as families

    title = shorten(f"{families[spec.model_name].title}, {corpus.title}", 80)
    try:
        run = session.manager().start(spec, session.visitor(), title=title)
    except BadSettings as error:
        raise BadSettings(error.called(spec.train.labels() | spec.model.labels())) from None
    if not goes_on(TRAINED.id()):
        TRAINED.show(run)


picture, controls = picture_and_controls()
spec, wrong, run_id, usable, shown = None, "", None, False, False
with controls:
    corpus, model, budget, place = choose()
    try:
        spec = more_settings(corpus, model, budget)
    except LabError as error:
        wrong = str(error)
    pressed = place.pressed(corpus, wrong)
with link:
    link_to_settings(spec)
with session.mending():
    usable = session.manager() is not None
if usable:
    if spec is not None and pressed:
        with place.words, session.mending():
            start(spec)
    run_id = TRAINED.id()
if run_id:
    with picture, session.mending():
        others = st.container()
        live_panel(run_id)
        shown = True
        TRAINED.show(run_id)
        with others:
            going_runs(run_id)
if not shown:
    TRAINED.forget()
    with picture:
        shipped_curve(model)
if usable:
    with session.mending():
        past_runs(run_id)


def code() -> None:
    """The lessons behind a run, the model's and the loop's; then the loop that the lab runs."""
    from lm_core.models import models as families  # which imports torch, last of all
    from lm_core.models.plain import lesson
    from lm_core.training import plain as loop
    from lm_core.training.loop import Trainer

    if file := lesson(families[model].build):
        show_source(file, f"The code: the model, {families[model].title}, in one file")
    show_source(loop, "The code: the training loop in one file")
    show_source(Trainer, "The code: the same loop, fast")


code()
