"""Choosing a model, a text and a method, with what would learn said at once; and Start."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import models, session
from pages._ui.shared.corpus_choice import TEXTS, CorpusChoice, load_choice, pick_corpus
from pages._ui.shared.open_run import TRAINED
from pages._ui.shared.plain import plain
from pages._ui.shared.switch import switch
from pages._ui.tune.bases import FIRST_TEXT, bases, named

if TYPE_CHECKING:
    from lm_core.adapt.settings import AdapterSettings
    from lm_core.models.contract import Model
    from pages._ui.shared.models import Choice

METHOD, MODEL = "tune-method", "tune-model"
METHODS = {
    "full": "Every weight",
    "layers": "Some parts",
    "lora": "LoRA",
    "soft-prompt": "Soft prompt",
}
IDEAS = {
    "full": "All weights go on learning. It can change most, and forget most.",
    "layers": "Some parts go on learning, the others stay to the bit.",
    "lora": "Every matrix stays, and learns a change beside it: the product of two thin matrices, "
    "W + (alpha / rank) B A. B begins at zero, so the model says at first what it said before.",
    "soft-prompt": "No weight changes. A few vectors are put before every text, as if they were "
    "tokens, and they alone learn.",
}
CLASSES = "classes"  # a kind of data: texts that a model learns to sort
LABELLED = (
    "Each text here has a class. The model keeps what reads, its last layer is left behind, and a "
    "new one says the class. **Some parts** with head alone is the classical way: a classifier on "
    "top of the frozen network. Train both that and another method, and *What came of it* lays "
    "them side by side, with blind guessing."
)
BUDGETS = {"10 s": "10 s", "1 min": "1 min", "5 min": "5 min"}


def form() -> None:
    """What is adapted to what, and how; Start goes on to where the run is watched."""
    choices = bases()
    left, right = st.columns(2, vertical_alignment="top")
    with left:
        choice = models.pick(choices, models.labels(choices), key=MODEL, label="Model")
        st.caption(plain(models.describe(choice)))
    below = st.container()
    with right:
        corpus = pick_corpus(
            key="tune-text",
            label="New text",
            default=FIRST_TEXT,
            kinds=(*TEXTS, CLASSES),
            below=below,
        )
    if corpus.kind == CLASSES:
        st.write(LABELLED)
    classes = classes_of(corpus)
    method = switch("What learns", METHODS, key=METHOD)
    st.write(IDEAS[method])
    adapter = sizes(method, choice, classes)
    line = st.columns([3, 2, 2], vertical_alignment="bottom")
    with line[0]:
        budget = switch("How long", BUDGETS, key="tune-budget")
    seed = line[1].number_input("Seed", 0, 2**31 - 1, 0, key="tune-seed", bind="query-params")
    wrong = _refused(choice, adapter, corpus.kind, classes)
    told(choice, adapter, classes, wrong)
    pressed = line[2].button(
        "Start",
        type="primary",
        width="stretch",
        key="tune-start",
        disabled=not corpus.ready or bool(wrong),
    )
    if pressed:
        from lm_core.charts.words import shorten
        from lm_core.runs.presets import BUDGETS as SECONDS
        from lm_core.runs.tuning import tuning_spec
        from lm_core.training import Budget

        budget_of = Budget(seconds=SECONDS[budget])
        spec = tuning_spec(named(choice), corpus.spec(), adapter, budget=budget_of, seed=int(seed))
        title = shorten(f"{METHODS[method]}: {choice.family_title} on {corpus.title}", 80)
        TRAINED.go(session.manager().start(spec, session.visitor(), title=title))


def classes_of(corpus: CorpusChoice) -> int:
    """How many classes its texts have; 0 where they have none, or it is not here yet."""
    return len(load_choice(corpus).classes) if corpus.kind == CLASSES and corpus.ready else 0


def sizes(method: str, choice: "Choice", classes: int = 0) -> "AdapterSettings":
    """The method with its own sizes, as they are chosen; of a model that sorts into `classes`."""
    from lm_core.adapt.settings import AdapterSettings

    if method == "layers":
        known = part_names(choice.family, choice.card, classes)
        chosen = st.multiselect(
            "Parts that learn",
            known,
            ["head"] if "head" in known else known[-1:],
            key="tune-parts",
            bind="query-params",
            help="Blocks by number from 0, the lowest; embedding: the table that tokens are read "
            "from; head: the last matrix, with the norm before it; where texts have a class, it is "
            "new.",
        )
        return AdapterSettings(method=method, layers=",".join(chosen))
    if method == "lora":
        places = st.columns(4, vertical_alignment="bottom")
        rank = places[0].number_input("Rank", 1, 1024, 8, key="tune-rank", bind="query-params")
        alpha = places[1].number_input(
            "Alpha", 0.0, 4096.0, 16.0, key="tune-alpha", bind="query-params"
        )
        targets = places[2].selectbox(
            "Matrices", ["all", "attention", "mlp"], key="tune-targets", bind="query-params"
        )
        stabilised = places[3].toggle(
            "Rank-stabilised",
            key="tune-stabilised",
            bind="query-params",
            help="alpha / sqrt(rank) in place of alpha / rank, which is small for large ranks.",
        )
        return AdapterSettings(
            method=method, rank=int(rank), alpha=alpha, targets=targets, stabilised=stabilised
        )
    if method == "soft-prompt":
        places = st.columns(2, vertical_alignment="bottom")
        prompt = places[0].number_input(
            "Virtual tokens", 1, 1024, 8, key="tune-prompt", bind="query-params"
        )
        begin = places[1].selectbox(
            "They start as",
            ["vocabulary", "random"],
            key="tune-prompt-from",
            bind="query-params",
            help="vocabulary: real tokens drawn by the seed. random: numbers as large as those.",
        )
        return AdapterSettings(method=method, prompt=int(prompt), prompt_from=begin)
    return AdapterSettings()


def told(choice: "Choice", adapter: "AdapterSettings", classes: int, wrong: str) -> None:
    """How much of the model would learn, or why it cannot so."""
    from lm_core.figures import percent

    if wrong:
        st.warning(plain(wrong))
        return
    learns, total = trainable(choice.family, choice.card, adapter, classes)
    # AdamW keeps two numbers and a gradient beside each weight that learns, of four bytes each.
    st.markdown(
        f"**{learns:,} of {total:,} numbers learn** ({percent(learns / total)}). Their gradients "
        f"and what AdamW remembers of them take {12 * learns / 1e6:,.2f} MB; of all weights it "
        f"would be {12 * total / 1e6:,.2f} MB."
    )


def _refused(choice: "Choice", adapter: "AdapterSettings", kind: str, classes: int) -> str:
    from lm_core.errors import LabError
    from lm_core.tasks import check_task, task_for

    try:
        if kind == CLASSES:
            check_task(task_for(choice.family, kind), choice.family, kind)
        trainable(choice.family, choice.card, adapter, classes)
    except LabError as error:
        return str(error)
    return ""


def _planned(family: str, card: dict, adapter: "AdapterSettings", classes: int) -> "Model":
    from lm_core.adapt.adapting import adapting
    from lm_core.models.building import blueprint, usual
    from lm_core.tasks import tasks

    described = {k: v for k, v in card["model"].items() if k != "name"}
    make = tasks["text-class"].build().build if classes else usual
    known = card["sizes"] | ({"n_classes": classes} if classes else {})
    return blueprint(family, described, known, adapting(make, adapter))


@st.cache_data(max_entries=256, show_spinner=False)
def trainable(
    family: str, card: dict, adapter: "AdapterSettings", classes: int = 0
) -> tuple[int, int]:
    """Numbers that would learn, and all there would be."""
    from lm_core.adapt.adapting import n_trainable

    model = _planned(family, card, adapter, classes)
    return n_trainable(model), model.n_parameters


@st.cache_data(max_entries=64, show_spinner=False)
def part_names(family: str, card: dict, classes: int = 0) -> list[str]:
    """The parts of a model that can be chosen, in its own order."""
    from lm_core.adapt.adapting import parts
    from lm_core.adapt.settings import AdapterSettings

    return list(parts(_planned(family, card, AdapterSettings(), classes)))
