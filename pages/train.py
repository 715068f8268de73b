"""Train: choose a text, a model and a budget, press Start, and watch it learn."""

import streamlit as st

from pages._ui import front_door, models, session
from pages._ui.corpus_choice import CorpusChoice, pick_corpus
from pages._ui.live import draw_curve, live_panel
from pages._ui.past_runs import past_runs
from pages._ui.settings import settings_widgets
from pages._ui.show import show_source

RUN_KEY = "run"
READING = """**How to read the curve**

**Step**: one look at a little text, one small correction.

**Nats**: the unit of surprise. 0 is never surprised; 0.69 less, and it gives what really came
twice the probability.

**Training**: the text it learns from. **Validation**: text kept from it. When only training still
falls, it learns by heart.

**Guessing blindly**: every token as likely as any other. A token is what the text is cut into:
here a character, elsewhere a word or a piece of one."""

front_door.enter()
st.title("Train")
st.write(
    "The model reads a little, guesses what comes next, is corrected, and guesses better. The "
    "curve shows how surprised it still is: lower is better."
)


def choose() -> tuple[CorpusChoice, str, str]:
    """The line of choices: text, model, budget, Start."""
    from lm_core.models import models as families
    from lm_core.runs.presets import BUDGETS

    line = st.columns([7, 5, 6, 4], vertical_alignment="bottom")
    card = st.container()
    with line[0]:
        corpus = pick_corpus(key="train-text", below=card)
    with line[1]:
        names = families.names()
        model = st.selectbox(
            "Model",
            names,
            index=names.index("transformer"),
            format_func=lambda n: families[n].title,
            key="train-model",
            help="From counting pairs of tokens to a GPT: Architectures says what each does.",
        )
    with line[2]:
        budget = st.segmented_control(
            "Budget", list(BUDGETS), default="1 min", required=True, key="train-budget"
        )
    with line[3]:
        st.session_state["train-pressed"] = st.button(
            "Start",
            type="primary",
            width="stretch",
            key="train-start",
            disabled=not corpus.ready,
            help=None if corpus.ready else "Get the text first, below.",
        )
    return corpus, model, budget


def more_settings(corpus: CorpusChoice, model: str, budget: str):
    """The whole spec, from the widgets under "More settings"."""
    from dataclasses import replace

    from lm_core.models import models as families
    from lm_core.runs.presets import BUDGETS, default_spec
    from lm_core.tokenizers import tokenizers
    from lm_core.training import Budget

    with st.expander("More settings"):
        top = st.columns(3)
        base = default_spec(corpus.spec(), model, items=corpus.items)
        names = tokenizers.names()
        token = top[0].selectbox(
            "Tokenizer",
            names,
            index=names.index(base.tokenizer_name),
            format_func=lambda n: tokenizers[n].title,
            key=f"train-tokenizer-{corpus.name}",
            help="What the text is cut into: characters, words, or frequent pieces.",
        )
        seed = top[1].number_input(
            "Seed", 0, 2**31 - 1, 0, key="train-seed", help="The same seed gives the same run."
        )
        steps = top[2].number_input(
            "Stop at step", 0, 100_000_000, 0, key="train-steps", help="0: the time above decides."
        )
        spec = default_spec(
            corpus.spec(),
            model,
            items=corpus.items,
            tokenizer=token,
            budget=Budget(steps=int(steps)) if steps else Budget(seconds=BUDGETS[budget]),
            seed=int(seed),
        )
        kind = f"{corpus.name}-{model}-{token}"
        if families[model].build.learns_by != "counting":
            st.markdown("**Training**")
            spec = replace(spec, train=settings_widgets(spec.train, key=f"train-t-{kind}"))
        st.markdown(f"**{families[model].title}**")
        spec = replace(spec, model=settings_widgets(spec.model, key=f"train-m-{kind}"))
        if token != "char":
            st.markdown(f"**{tokenizers[token].title}**")
            chosen = settings_widgets(spec.tokenizer, key=f"train-k-{kind}")
            spec = replace(spec, tokenizer=chosen)
    return spec


def shipped_curve(model: str) -> None:
    """Before anything was trained: the curve of a model that ships, labelled as such."""
    import math

    from lm_core.checkpoints import load_history
    from lm_core.runs.worker import unit_of

    choices = sorted(models.shipped(), key=lambda c: (c.family != model, not c.items))
    for choice in choices:
        history = load_history(choice.folder)
        if not history["points"]:
            continue
        curve, beside = st.columns([5, 3])  # as a run is shown, so that Start moves nothing
        with curve, st.container(border=True, height="stretch"):
            st.caption(f"An example that ships with the lab: {choice.label}")
            draw_curve(
                dict(history["points"]),
                dict(history["evaluations"]),
                unit=unit_of(choice.card["spec"]["tokenizer"]["name"]),
                uniform=math.log(choice.card["vocab_size"]),
                live=False,
                key="train-shipped",
            )
        with beside, st.container(border=True, height="stretch"):
            st.markdown(READING)
        return
    st.info("Choose a text and a model, then press Start: the curve appears here.")


def start(spec) -> None:
    """Queue the run and put its id in the address."""
    from lm_core.models import models as families

    title = f"{families[spec.model_name].title}, {corpus.title}"
    run = session.manager().start(spec, session.visitor(), title=title)
    st.query_params[RUN_KEY] = run
    st.session_state["train-run"] = run


corpus, model, budget = choose()
spec, run_id, usable, shown = None, None, False, False
with session.mending():
    spec = more_settings(corpus, model, budget)
with session.mending():
    usable = session.manager() is not None
if usable:
    if spec is not None and st.session_state.pop("train-pressed", False):
        with session.mending():
            start(spec)
    run_id = st.query_params.get(RUN_KEY) or st.session_state.get("train-run")
if run_id:
    with session.mending():
        live_panel(run_id)
        shown = True
        st.query_params[RUN_KEY] = st.session_state["train-run"] = run_id
if not shown:
    st.query_params.pop(RUN_KEY, None)
    st.session_state.pop("train-run", None)
    shipped_curve(model)
if usable:
    with session.mending():
        past_runs(run_id)

from lm_core.training.trainer import Trainer  # noqa: E402 - imports torch, last of all

show_source(Trainer, "The code: the training loop")
