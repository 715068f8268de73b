"""Doctor: a few steps that say whether a model learns well, and what to try next."""

import streamlit as st

from lm_core.errors import BadSettings
from lm_core.visible import readable
from pages._ui.doctor import of_run
from pages._ui.doctor.cards import ASKS, cards, first_look
from pages._ui.doctor.gallery import gallery
from pages._ui.doctor.laboratory import laboratory
from pages._ui.shared import front_door, session, told
from pages._ui.shared.begun import begun
from pages._ui.shared.corpus_choice import pick_corpus
from pages._ui.shared.open_run import EXAMINED
from pages._ui.shared.show import show_source

EARLIER = "doctor-earlier"
LABELS = {  # of what can be out of range
    "seconds": "Seconds",
    "steps": "Steps",
    "rates": "Rates of step 3",
    "lrs": "Learning rates",
    "lr": "Learning rates",
    "decays": "Weight decays",
    "weight_decay": "Weight decays",
    "random": "Random points beside it",
}
USUAL = ("transformer", "encoder-decoder")  # what is begun with, the first that fits the data
LISTS = {"rates": "0.001, 0.01", "lrs": "0.01, 0.03", "decays": "0, 0.1"}  # and an example
VIEWS = ("Five steps", "How weights begin", "Failure gallery")

front_door.enter()
st.title("Doctor")
st.write(
    "Before a long training one makes sure of the texts and asks five short questions: does the "
    "model start calm, can it learn at all, how fast may it go, with which settings does it do "
    "best, and is anything inside it stuck? Each has a picture, a verdict and a cure."
)
of_run.take(model="doctor-model", view=("doctor-view", VIEWS[0]))
view = st.segmented_control(
    "What to look at",
    VIEWS,
    default=VIEWS[0],
    required=True,
    label_visibility="collapsed",
    key="doctor-view",
    bind="query-params",  # found again on the way back from another screen, too
)


def choose():
    """Text, model, how long; the spec to examine, the options, a title, and whether to begin.

    Raises:
        Told: what is out of range, beside its control and before anybody waits.
    """
    from lm_core.doctor.plan import Plan, listed
    from lm_core.models import models as families
    from lm_core.runs.presets import default_spec
    from lm_core.tasks import families_for

    line = st.columns([7, 5, 4, 4], vertical_alignment="bottom")
    card, below = st.container(), st.container()
    with line[0]:
        corpus = pick_corpus(key="doctor-text", kinds=None, below=card)
    names = families_for(corpus.kind)
    usual = next((name for name in USUAL if name in names), names[0])
    if st.session_state.get("doctor-model", usual) not in names:  # for another kind of data
        st.session_state["doctor-model"] = usual
    model = line[1].selectbox(
        "Model",
        names,
        **begun("doctor-model", index=names.index(usual)),
        format_func=lambda name: families[name].title,
        key="doctor-model",
        bind="query-params",
    )
    seconds = line[2].number_input(
        "Seconds",
        value=75.0,
        step=15.0,
        format="%g",
        key="doctor-seconds",
        bind="query-params",
        help="For all steps.",
    )
    pressed = line[3].button(
        "Examine", type="primary", width="stretch", key="doctor-go", disabled=not corpus.ready
    )
    options = {"seconds": seconds}
    with st.expander("Which steps, and the grid of the fourth"):
        pills = st.container()
        steps = pills.pills(
            "Steps",
            list(ASKS),
            default=list(ASKS),
            selection_mode="multi",
            format_func=lambda part: ASKS[part][0],
            key="doctor-steps",
            bind="query-params",
        )
        lists, columns = {}, st.columns(4)
        places = dict(zip((*LISTS, "random"), columns, strict=True))
        for name, example in LISTS.items():
            lists[name] = places[name].text_input(
                LABELS[name],
                max_chars=200,
                key=f"doctor-{name}",
                bind="query-params",
                placeholder=example,
            )
        random = places["random"].number_input(
            "Random points beside it", value=None, step=1, key="doctor-random", bind="query-params"
        )
        st.caption(
            "Left empty: the third step compares rates around the one that its first test finds, "
            "and the grid has rates around the one it suggests, and as many decays and random "
            "points as there is time for."
        )
    places |= {"lr": places["lrs"], "weight_decay": places["decays"]}
    places |= {"seconds": below, "steps": pills}
    options |= {"steps": list(steps), "random": random}
    try:
        options |= {name: listed(text, name) for name, text in lists.items()}
        Plan.from_dict(options)
    except BadSettings as error:
        told.beside(error, places, LABELS)
    title = f"{families[model].title}, {corpus.title}"
    # What is examined begins with nothing, a short list's too.
    usual = default_spec(corpus.spec(), model, items=corpus.items, short=False)
    return of_run.settings(usual), options, title, pressed


def earlier(run: str) -> None:
    """All examinations of this visitor, to go back to one."""
    mine = [r for r in session.manager().store.runs_of(session.visitor()) if r.kind == "doctor"]
    titles = {r.id: f"{n}. {readable(r.title)}" for n, r in enumerate(reversed(mine), start=1)}
    if len(titles) < 2 or run not in titles:
        return

    def show() -> None:
        EXAMINED.show(st.session_state[EARLIER])

    st.session_state[EARLIER] = run
    ids = list(titles)[::-1]
    st.selectbox(
        "Your examinations", ids, format_func=titles.__getitem__, key=EARLIER, on_change=show
    )


def examine(spec, options: dict, title: str) -> None:
    """Queue the job and show it."""
    from lm_core.charts.words import shorten

    given = {name: value for name, value in options.items() if value is not None}
    run = session.manager().start(
        spec, session.visitor(), title=shorten(title, 80), kind="doctor", options=given
    )
    EXAMINED.show(run)


if view == VIEWS[1]:
    with session.mending():
        laboratory()
elif view == VIEWS[2]:
    with session.mending():
        gallery()
else:
    spec = None
    with session.mending():
        spec, options, title, pressed = choose()
        if pressed:
            examine(spec, options, title)
    run_id = EXAMINED.id()
    shown = False
    if run_id:
        with session.mending():
            earlier(run_id)
            cards(run_id, spec)
            shown = True
            EXAMINED.show(run_id)
    if not shown:
        EXAMINED.forget()
        if spec is not None:
            with session.mending():
                first_look(spec)

    from lm_core.doctor.untrained import measure  # imports torch, last of all

    show_source(measure, "The code: the first look at a model")
