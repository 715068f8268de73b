"""Train: choose a text, a model and a budget, press Start, and watch it learn."""

import streamlit as st

from lm_core.errors import BadSettings, LabError
from pages._ui.shared import front_door, session
from pages._ui.shared.corpus_choice import TEXTS
from pages._ui.shared.everywhere import picture_and_controls
from pages._ui.shared.open_run import TRAINED
from pages._ui.shared.show import show_source
from pages._ui.train.class_pause import class_pause
from pages._ui.train.example import example
from pages._ui.train.form import choose, more_settings
from pages._ui.train.going_runs import goes_on, going_runs
from pages._ui.train.link import link_to_settings
from pages._ui.train.live import live_panel
from pages._ui.train.past_runs import past_runs
from pages._ui.train.report import begun

front_door.enter()
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Train", width="stretch")
    link = st.container(width="content")
READS = (
    "The model reads a little, guesses what comes next, is corrected, and guesses better. The "
    "curve shows how surprised it still is: lower is better."
)
ANSWERS = (
    "The model is given examples, answers, is corrected, and answers better. The curve shows how "
    "far off it still is: lower is better."
)
lead, waits = st.empty(), st.container()


def start(spec) -> None:
    """Queue the run, and show it unless another that goes on is shown."""
    from lm_core.charts.words import shorten
    from lm_core.models import models as families

    title = shorten(f"{families[spec.model_name].title}, {corpus.title}", 80)
    try:
        run = session.manager().start(spec, session.visitor(), title=title)
    except BadSettings as error:
        raise BadSettings(error.called(spec.train.labels() | spec.model.labels())) from None
    begun(run)
    if not goes_on(TRAINED.id()):
        TRAINED.show(run)


picture, controls = picture_and_controls()
spec, wrong, run_id, usable, shown = None, "", None, False, False
with controls:
    corpus, model, budget, place = choose()
    lead.write(READS if corpus.kind in TEXTS else ANSWERS)
    try:
        spec = more_settings(corpus, model, budget)
    except LabError as error:
        wrong = str(error)
    place.means(spec)
    pressed = place.pressed(corpus, wrong)
with link:
    link_to_settings(spec)
with session.mending():
    usable = session.manager() is not None
if usable:
    with waits, session.mending():
        class_pause()
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
        example(corpus, model, {} if spec is None else spec.model.to_dict())
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
